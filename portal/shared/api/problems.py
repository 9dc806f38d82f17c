"""Errors as problem documents (RFC 9457), for every exception that leaves an API view."""

from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback
from structlog.contextvars import get_contextvars

from portal.shared.errors import DomainError, FieldError, pointer_step

log = structlog.get_logger(__name__)

CONTENT_TYPE = "application/problem+json"


def problem(
    *,
    status: int,
    code: str,
    title: str,
    detail: str,
    fields: Sequence[FieldError] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """This will return a problem document; `code` becomes the last part of its type URN."""
    document: dict[str, Any] = {
        "type": f"urn:portal:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
    }
    if fields:
        document["errors"] = [{"pointer": error.field, "detail": error.detail} for error in fields]
    return Response(document, status=status, headers=headers, content_type=CONTENT_TYPE)


def problem_for_exception(exception: Exception, context: dict[str, Any]) -> Response | None:
    """This will turn whatever a view raised into a problem document (DRF's hook)."""
    set_rollback()
    match exception:
        case DomainError():
            return problem(
                status=exception.status,
                code=exception.code,
                title=exception.title,
                detail=exception.detail,
                fields=exception.fields,
            )
        case exceptions.ValidationError():
            return problem(
                status=400,
                code="invalid-input",
                title="The input is not valid",
                detail="Nothing was stored. The errors name each field.",
                fields=list(field_errors(exception.detail)),
            )
        case Http404():
            return _from_drf(exceptions.NotFound())
        case PermissionDenied():
            return _from_drf(exceptions.PermissionDenied())
        case RequestDataTooBig():
            return problem(
                status=413,
                code="too-large",
                title="The request is too large",
                detail=str(exception),
            )
        case exceptions.APIException():
            return _from_drf(exception, request=context.get("request"))
    log.error("api_view_failed", exc_info=exception)
    return problem(
        status=500,
        code="internal-error",
        title="The portal failed",
        detail=f"The failure is in the log under request_id {_request_id()}; nothing was stored.",
    )


def _request_id() -> str:
    return str(get_contextvars().get("request_id", "unknown"))


def _from_drf(exception: exceptions.APIException, request: Any = None) -> Response:
    headers = {}
    if challenge := getattr(exception, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(exception, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return problem(
        status=exception.status_code,
        code=str(exception.default_code).replace("_", "-"),
        title=HTTPStatus(exception.status_code).phrase,
        detail=str(exception.detail),
        headers=headers,
    )


def field_errors(detail: Any, pointer: str = "") -> Iterator[FieldError]:
    """This will flatten DRF's nested errors into JSON pointers."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            step = "" if key == "non_field_errors" else f"/{pointer_step(key)}"
            yield from field_errors(inner, pointer + step)
    elif isinstance(detail, list):
        nested = any(isinstance(inner, dict | list) for inner in detail)
        for index, inner in enumerate(detail):
            yield from field_errors(inner, f"{pointer}/{index}" if nested else pointer)
    else:
        yield FieldError(pointer or "/", str(detail))
