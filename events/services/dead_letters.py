"""What an operator does with deliveries that were given up."""

from datetime import datetime

from django.db import transaction

from events.errors import DeliveryNotParked
from events.models import Delivery
from events.storage import wake_readers


@transaction.atomic
def redrive_delivery(*, delivery_id: int, at: datetime) -> Delivery:
    """This will let a parked delivery be tried again from its first attempt."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
    if delivery.state != Delivery.State.PARKED:
        raise DeliveryNotParked(
            f"The delivery to {delivery.subscriber} is {delivery.state}; only a parked one "
            "can be redriven."
        )
    delivery.state = Delivery.State.PENDING
    delivery.attempts = 0
    delivery.due_at = at
    delivery.parked_at = None
    delivery.save(update_fields=["state", "attempts", "due_at", "parked_at"])
    wake_readers()
    return delivery
