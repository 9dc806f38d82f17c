"""`Idempotency-Key`: an unsafe call sent twice has its effect once and the same answer."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.contrib.auth.models import User
from rest_framework.request import Request
from rest_framework.response import Response

from portal.shared.idempotency import done_once

HEADER = "Idempotency-Key"


def answer_once(request: Request, *, at: datetime, answer: Callable[[], Response]) -> Response:
    """This will run `answer` unless this user already had one under this key.

    Answers that are errors are not kept. Raises IdempotencyKeyReused for another body
    under the key.
    """
    key = request.headers.get(HEADER)
    if not key:
        return answer()
    given: list[Response] = []

    def effect() -> tuple[int, Any]:
        given.append(answer())
        return given[0].status_code, given[0].data

    done = done_once(
        user=cast("User", request.user),
        key=key,
        fingerprint=_hash_of(request),
        at=at,
        effect=effect,
    )
    if not done.is_repeat:
        return given[0]
    return Response(done.body, status=done.status, headers={"Idempotent-Replayed": "true"})


def _hash_of(request: Request) -> str:
    document = json.dumps([request.method, request.path, request.data], sort_keys=True, default=str)
    return hashlib.sha256(document.encode()).hexdigest()
