"""The keys that hold the log together. None of them is ever in the database.

One secret makes two keys: an Ed25519 key that signs seals, which anybody can check with its
public half, and a key for the code of each row, which only the portal can.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from events.rules.integrity import authentication_code

ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class SealKey:
    """`id` is the beginning of the SHA-256 of the public key, which is in hexadecimal."""

    id: bytes
    public_key: str
    row_key: bytes = field(repr=False)
    _signer: Ed25519PrivateKey = field(repr=False)

    def sign(self, document: bytes) -> str:
        """This will return the Ed25519 signature in hexadecimal."""
        return self._signer.sign(document).hex()


def current() -> SealKey:
    """This will return the key that seals are signed with now."""
    return _derived(settings.EVENT_SEAL_KEY)


def known() -> Mapping[bytes, SealKey]:
    """This will return the current and all former keys by their ids."""
    secrets = [settings.EVENT_SEAL_KEY, *settings.EVENT_SEAL_FORMER_KEYS]
    return {key.id: key for key in map(_derived, secrets)}


def is_signed(document: bytes, signature: str, public_key: str) -> bool:
    """This will tell whether the owner of the public key signed the document."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), document)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=16)
def _derived(secret: str) -> SealKey:
    signer = Ed25519PrivateKey.from_private_bytes(_key(secret, b"portal events: seals"))
    public = signer.public_key().public_bytes_raw()
    return SealKey(
        id=hashlib.sha256(public).digest()[:ID_BYTES],
        public_key=public.hex(),
        row_key=_key(secret, b"portal events: rows"),
        _signer=signer,
    )


def _key(secret: str, purpose: bytes) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose)
    return derivation.derive(secret.encode())


def tag_of(written: bytes, *, row: int) -> bytes:
    """This will return the code of a row, and before it which key it was made with."""
    key = current()
    return key.id + authentication_code(written, key=key.row_key, row=row)


def fault_of(tag: bytes | None, written: bytes, *, row: int) -> str:
    """This will tell what is wrong with a row, or nothing when it is as it was sequenced."""
    if tag is None:
        return "It carries no authentication code."
    key = known().get(tag[:ID_BYTES])
    if key is None:
        return (
            f"Its authentication code was made with key {tag[:ID_BYTES].hex()}, which is "
            "neither EVENT_SEAL_KEY nor among EVENT_SEAL_FORMER_KEYS."
        )
    code = authentication_code(written, key=key.row_key, row=row)
    is_right = hmac.compare_digest(code, tag[ID_BYTES:])
    return "" if is_right else "It is not what was sequenced."
