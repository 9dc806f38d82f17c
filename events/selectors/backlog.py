"""What waits on its way to subscribers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from events.models import Delivery
from events.models.webhook import PREFIX


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is not delivered. `oldest_wait` is None when nothing waits.

    Webhooks are not waited for: their receivers are others' to repair.
    """

    pending: int
    parked: int
    oldest_wait: timedelta | None


def backlog(*, at: datetime) -> Backlog:
    counts = {
        row["state"]: row["count"]
        for row in Delivery.objects.undelivered().values("state").annotate(count=Count("id"))
    }
    ours = Delivery.objects.exclude(subscriber__startswith=PREFIX)
    oldest = ours.filter(state=Delivery.State.PENDING).aggregate(oldest=Min("recorded_at"))[
        "oldest"
    ]
    return Backlog(
        pending=counts.get(Delivery.State.PENDING, 0),
        parked=counts.get(Delivery.State.PARKED, 0),
        oldest_wait=at - oldest if oldest else None,
    )
