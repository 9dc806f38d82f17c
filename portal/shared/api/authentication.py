from typing import Any

from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed


class BearerToken(TokenAuthentication):
    """`Authorization: Bearer <token>`; make one with `manage.py issue_api_token USER`."""

    def authenticate_credentials(self, token: bytes) -> Any:
        # Our tokens are hexadecimal; knox would decode and look up whatever is sent.
        if not token.isalnum():
            raise AuthenticationFailed(_("Invalid token."))
        return super().authenticate_credentials(token)
