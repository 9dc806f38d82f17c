"""Who outside is sent events, and how that goes."""

from django.db.models import Count, Q

from events.models import WebhookSubscription
from events.models.webhook import WebhookQuerySet
from portal.shared.errors import NotFound

State = WebhookSubscription.State


def all_webhooks() -> WebhookQuerySet:
    """This will return them with `waiting`, the count of what is not delivered."""
    return WebhookSubscription.objects.with_waiting().order_by("slug")


def get_webhook(slug: str) -> WebhookSubscription:
    """This will return one with `waiting`. Raises NotFound."""
    found = all_webhooks().filter(slug=slug).first()
    if found is None:
        raise NotFound(f"There is no webhook {slug!r}.")
    return found


def webhooks_by_state() -> dict[str, int]:
    """This will count each state, and the active ones that fail apart from the others."""
    fails = Q(state=State.ACTIVE, failures__gt=0)
    return WebhookSubscription.objects.aggregate(
        active=Count("pk", filter=Q(state=State.ACTIVE, failures=0)),
        failing=Count("pk", filter=fails),
        paused=Count("pk", filter=Q(state=State.PAUSED)),
        disabled=Count("pk", filter=Q(state=State.DISABLED)),
    )
