"""What the documents show as it arrives at a receiver, sent for real."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import User

from events import services as events
from incidents import services as incidents
from incidents.models import ContactMethod
from incidents.services import contacts
from portal.shared import clock
from tests.events.hooks import deliver, hook
from tests.incidents.receivers import receiver


@dataclass(frozen=True)
class Sent:
    headers: dict[str, str]
    body: str
    secret: str


def page(alice: User) -> Sent:
    now = clock.now()
    with receiver() as receiving:
        method = ContactMethod.objects.create(user=alice, channel="webhook", address=receiving.url)
        incidents.create_incident("Checkout is down", "", "SEV1", "probe", ["checkout"], at=now)
        incidents.send_due_pages(at=now)
    secret = contacts.reveal_signing_secret(contact_method_id=method.pk, acting_user=alice)
    return Sent(*receiving.requests[0], secret)


def webhook(_alice: User) -> Sent:
    with hook(clock.now()) as shop:
        events.publish("orders.order.shipped", {"order": 7}, stream="orders.7", actor="alice")
        deliver(clock.now())
    return Sent(*shop.receiver.requests[0], shop.secret(clock.now()))


SENDERS: dict[str, Callable[[User], Sent]] = {
    "docs/incidents.md": page,
    "docs/webhooks.md": webhook,
}
