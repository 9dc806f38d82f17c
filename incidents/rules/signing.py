"""The secret that signs the pages to one webhook: derived, so that no database holds it."""

import base64
import hashlib
import hmac


def signing_secret(*, key: str, contact_method: str, version: int) -> str:
    """This will return the `whsec_…` secret; another version is another secret."""
    message = f"{contact_method}:{version}".encode()
    digest = hmac.new(key.encode(), message, hashlib.sha256).digest()
    return "whsec_" + base64.b64encode(digest).decode()
