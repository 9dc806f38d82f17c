"""Reading the log in its order, from where the reader stopped."""

from dataclasses import dataclass

from events.errors import PositionAheadOfLog
from events.models import Event
from events.rules.naming import falls_under
from events.selectors.log import head_of_log


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """What follows a position. The next question asks for what is after `next_after`.

    `dropped` counts the positions up to there that retention has taken: with 0, nothing
    was missed.
    """

    events: list[Event]
    next_after: int
    head: int
    dropped: int


def tail(*, after: int, limit: int, pattern: str = "*") -> Tail:
    """This will return the events behind a position, in the order of positions.

    Of `limit` events those under the pattern are returned, so that one question costs the
    same however rare they are. Raises PositionAheadOfLog.
    """
    head = head_of_log()
    if after > head:
        raise PositionAheadOfLog(
            f"The log ends at position {head} and was asked for what is after {after}. Unless "
            "the number is wrong, the log was restored from an earlier state: what you have "
            f"behind {head} is no longer in it. Go on after {head}."
        )
    # Positions come into sight in their order and without gaps, so nothing can follow later.
    rows = list(
        Event.objects.filter(position__gt=after, position__lte=head).order_by("position")[:limit]
    )
    next_after = (rows[-1].position or 0) if len(rows) == limit else head
    return Tail(
        events=[row for row in rows if falls_under(row.event_type, pattern)],
        next_after=next_after,
        head=head,
        dropped=next_after - after - len(rows),
    )
