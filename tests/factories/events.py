from factory.declarations import Sequence, SubFactory
from factory.django import DjangoModelFactory

from events.contracts.base import Priority
from events.models import Delivery, Event, WebhookSubscription, new_event_id
from tests.conftest import NOON


class EventFactory(DjangoModelFactory[Event]):
    class Meta:
        model = Event

    stream = "orders.1"
    event_type = "orders.order.shipped"
    payload: dict[str, object] = {}
    priority = Priority.NORMAL
    correlation_id = new_event_id()
    occurred_at = NOON
    recorded_at = NOON


class DeliveryFactory(DjangoModelFactory[Delivery]):
    class Meta:
        model = Delivery

    event = SubFactory(EventFactory)
    subscriber = "billing.send_invoice"
    sequence_key = "orders.1"
    recorded_at = NOON
    due_at = NOON


class WebhookFactory(DjangoModelFactory[WebhookSubscription]):
    class Meta:
        model = WebhookSubscription

    slug = Sequence(lambda number: f"shop-{number}")
    url = "http://127.0.0.1:9/hooks/of-the-shop"
    event_types = ["orders.*"]
    created_by = "alice"
    created_at = NOON
