"""An effect that is asked for twice under one key happens once, and is answered alike."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from rest_framework.utils.encoders import JSONEncoder

from portal.shared.errors import DomainError, InvalidInput
from portal.shared.models import IdempotencyRecord


class IdempotencyKeyReused(DomainError):
    status = 422
    title = "The idempotency key belongs to another request"


@dataclass(frozen=True, slots=True)
class Done:
    """`body` is what was answered, as JSON; `is_repeat` when it was answered earlier."""

    status: int
    body: Any
    is_repeat: bool


def done_once(
    *,
    user: User,
    key: str,
    fingerprint: str,
    at: datetime,
    effect: Callable[[], tuple[int, Any]],
) -> Done:
    """This will run `effect` unless this user already had it under this key.

    The record is written in the transaction of the effect: either both are there or
    neither. A second call in flight waits for the first on the unique row. What raises is
    not kept. Raises IdempotencyKeyReused for another fingerprint under the key.
    """
    if len(key) > 200:
        raise InvalidInput("The idempotency key is longer than 200 characters.")
    if not key.isprintable():
        raise InvalidInput("The idempotency key holds a character that cannot be stored.")
    try:
        with transaction.atomic():
            record = IdempotencyRecord.objects.create(
                user=user, key=key, request_hash=fingerprint, recorded_at=at
            )
            status, body = effect()
            record.status = status
            record.body = _plain(body)
            record.save(update_fields=["status", "body"])
            return Done(status, body, is_repeat=False)
    except IntegrityError:
        earlier = IdempotencyRecord.objects.filter(user=user, key=key).first()
        if earlier is None:
            raise
    if earlier.request_hash != fingerprint:
        raise IdempotencyKeyReused(
            f"The idempotency key {key!r} was used for another request; choose a new key."
        )
    return Done(earlier.status, earlier.body, is_repeat=True)


def _plain(document: Any) -> Any:
    """The document as the first caller got it: with the renderer's spelling of times."""
    return json.loads(json.dumps(document, cls=JSONEncoder))
