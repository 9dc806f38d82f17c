from knox.auth import TokenAuthentication


class BearerToken(TokenAuthentication):
    """`Authorization: Bearer <token>`; make one with `manage.py issue_api_token USER`."""
