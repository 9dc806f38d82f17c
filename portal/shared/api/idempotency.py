"""`Idempotency-Key`: an unsafe call sent twice has its effect once and the same answer."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from portal.shared.errors import DomainError, InvalidInput
from portal.shared.models import IdempotencyRecord

HEADER = "Idempotency-Key"


class IdempotencyKeyReused(DomainError):
    status = 422
    title = "The idempotency key belongs to another request"


def answer_once(request: Request, *, at: datetime, answer: Callable[[], Response]) -> Response:
    """This will run `answer` unless this user already had one under this key.

    The record is written in the transaction of the effect: either both are there or
    neither. A second request in flight waits for the first on the unique row. Answers that
    are errors are not kept. Raises IdempotencyKeyReused for another body under the key.
    """
    key = request.headers.get(HEADER)
    if not key:
        return answer()
    if len(key) > 200:
        raise InvalidInput(f"{HEADER} is longer than 200 characters.")
    if not key.isprintable():
        raise InvalidInput(f"{HEADER} holds a character that cannot be stored.")
    digest = _hash_of(request)
    user = cast("User", request.user)
    try:
        with transaction.atomic():
            record = IdempotencyRecord.objects.create(
                user=user, key=key, request_hash=digest, recorded_at=at
            )
            response = answer()
            record.status = response.status_code
            record.body = _plain(response.data)
            record.save(update_fields=["status", "body"])
            return response
    except IntegrityError:
        earlier = IdempotencyRecord.objects.filter(user=user, key=key).first()
        if earlier is None:
            raise
    if earlier.request_hash != digest:
        raise IdempotencyKeyReused(
            f"{HEADER} {key!r} was used for another request; choose a new key."
        )
    return Response(earlier.body, status=earlier.status, headers={"Idempotent-Replayed": "true"})


def _hash_of(request: Request) -> str:
    document = json.dumps([request.method, request.path, request.data], sort_keys=True, default=str)
    return hashlib.sha256(document.encode()).hexdigest()


def _plain(document: Any) -> Any:
    """The document as the first caller got it: with the renderer's spelling of times."""
    return json.loads(json.dumps(document, cls=JSONEncoder))
