"""When a failed delivery is tried again, and when it is given up for a human to see."""

from datetime import timedelta

ATTEMPTS_BEFORE_PARKING = 10
FIRST_DELAY = timedelta(seconds=1)
LONGEST_DELAY = timedelta(minutes=10)
# How long one attempt may take before another worker may take the delivery over.
LEASE = timedelta(seconds=60)


def is_given_up(attempts: int) -> bool:
    return attempts >= ATTEMPTS_BEFORE_PARKING


def delay_after(attempts: int, *, jitter: float) -> timedelta:
    """This will return the wait after that many failures: 1 s, 2 s, 4 s … up to 10 min.

    `jitter` is from 0 to 1 and takes away up to half, so that deliveries that failed
    together do not come back together.
    """
    full: timedelta = min(FIRST_DELAY * 2 ** min(attempts - 1, 20), LONGEST_DELAY)
    return full * (1 - jitter / 2)
