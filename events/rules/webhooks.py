"""The secrets that sign for a webhook, and how long a receiver that fails is believed in."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from events.rules import retry

# After a rotation both secrets sign for so long, and the receiver changes when it likes.
OVERLAP = timedelta(hours=24)
# What a receiver has for its whole answer.
DEADLINE_SECONDS = 5.0
# One that answers, if only with an error, costs little to ask; a silent one takes the deadline.
LONGEST_REST_ANSWERED = timedelta(minutes=1)
LONGEST_REST_SILENT = retry.LONGEST_DELAY
# A portal that was off for a weekend has not tried, whatever the calendar says.
FAILURES_BEFORE_DISABLING = 10


def signing_secret(*, key: str, webhook: str, version: int) -> str:
    """This will return the `whsec_…` secret: derived, so that no database holds it."""
    # Pages are signed with the same key; what is derived for them never begins like this.
    message = f"events.webhook/{webhook}/{version}".encode()
    digest = hmac.new(key.encode(), message, hashlib.sha256).digest()
    return "whsec_" + base64.b64encode(digest).decode()


def versions_that_sign(version: int, *, rotated_at: datetime | None, at: datetime) -> list[int]:
    """This will return the versions whose secrets sign at that moment, the newest first."""
    is_young = rotated_at is not None and at < rotated_at + OVERLAP
    return [version, version - 1] if is_young and version > 1 else [version]


def rest_after(failures: int, *, is_answered: bool, jitter: float) -> timedelta:
    """This will return how long a receiver is left alone after so many failures in a row."""
    longest = LONGEST_REST_ANSWERED if is_answered else LONGEST_REST_SILENT
    return min(retry.delay_after(failures, jitter=jitter), longest)


def is_given_up(failures: int, *, failing_for: timedelta, patience: timedelta) -> bool:
    """This will tell whether a receiver that took nothing meanwhile is to be disabled.

    Time decides, not a count alone: a busy subscription fails fifty times in a second and a
    quiet one not in a month.
    """
    return failures >= FAILURES_BEFORE_DISABLING and failing_for >= patience
