"""How our views describe themselves in /api/schema."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from portal.shared.api.idempotency import HEADER

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457 problem document.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:portal:problem:invalid-input"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {"type": "string", "examples": ["/items/3/at"]},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
REFUSALS = {
    "400": "The input is not valid.",
    "401": "Who calls is not known.",
    "403": "Who calls may not.",
    "404": "There is no such thing.",
    "409": "The state of things does not allow it.",
    "413": "The body is too large.",
}


ONCE = OpenApiParameter(
    name=HEADER,
    location=OpenApiParameter.HEADER,
    description="The same key with the same body has its effect once.",
)


class ProblemAutoSchema(AutoSchema):
    """Adds what all operations share: their problem documents and, when unsafe, the key."""

    def get_override_parameters(self) -> list[Any]:
        return [ONCE] if self._is_unsafe() else []

    def _is_unsafe(self) -> bool:
        return self.method not in {"GET", "HEAD", "OPTIONS"}

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        unsafe = self._is_unsafe()
        for status, description in REFUSALS.items():
            if status in {"409", "413"} and not unsafe:
                continue
            operation["responses"].setdefault(
                status,
                {
                    "description": description,
                    "content": {"application/problem+json": {"schema": PROBLEM}},
                },
            )
        return operation


class BearerTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its hook
    target_class = "portal.shared.api.authentication.BearerToken"
    name = "BearerToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token made by `manage.py issue_api_token USERNAME`.",
        }
