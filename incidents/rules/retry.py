"""When a page that was not taken is sent again, and when it is given up."""

from datetime import timedelta

FIRST_DELAY = timedelta(seconds=2)
LONGEST_DELAY = timedelta(minutes=5)
# With the delays below, 19 attempts take about an hour; by then the escalation is elsewhere.
ATTEMPTS = 19
# A receiver that is being deployed answers 404 for a moment; one that means it, always.
ATTEMPTS_WHEN_REFUSED = 3
# How long one attempt may take before another worker may send the page again.
LEASE = timedelta(seconds=20)
# What a receiver has for its whole answer.
DEADLINE_SECONDS = 5.0
# A conversation with a mail server has a dozen turns, each with a timeout of its own.
EMAIL_DEADLINE_SECONDS = 15.0

_TRANSIENT_CLIENT_ERRORS = (408, 425, 429)


def is_refusal(status_code: int) -> bool:
    """This will tell whether the receiver will say the same again: 3xx, and most of 4xx."""
    return 300 <= status_code < 500 and status_code not in _TRANSIENT_CLIENT_ERRORS


def is_given_up(attempts: int, *, refused: bool) -> bool:
    return attempts >= (ATTEMPTS_WHEN_REFUSED if refused else ATTEMPTS)


def delay_after(attempts: int) -> timedelta:
    """This will return the wait after that many attempts: 2 s, 4 s, 8 s … up to 5 min."""
    delay: timedelta = min(FIRST_DELAY * 2 ** min(attempts - 1, 20), LONGEST_DELAY)
    return delay
