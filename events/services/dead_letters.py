"""What an operator does with deliveries that were given up. Each leaves an Intervention."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from events import selectors
from events.contracts.events import DeliveryDiscarded, DeliveryRedriven
from events.errors import CountChanged, DeliveryNotParked, RateRefused
from events.models import Delivery, Intervention
from events.rules.dead_letters import FASTEST, SLOWEST, Chosen, due_at
from events.services import heads
from events.services.publishing import announce, refuse_payload
from events.storage import wake_readers
from portal.shared.errors import FieldError, InvalidInput, NotFound

Action = Intervention.Action
ROWS_A_STATEMENT = 500


@transaction.atomic
def redrive_delivery(
    *,
    delivery_id: int,
    at: datetime,
    acting_user: str,
    note: str = "",
    payload: dict[str, Any] | None = None,
) -> Delivery:
    """This will let a dead letter be tried again from its first attempt.

    With a `payload` the subscriber is given that instead of the event's, which stays as it
    is; a note must say why. Raises NotFound, DeliveryNotParked and PayloadRefused.
    """
    delivery = _parked(delivery_id)
    if payload is not None:
        _refuse_edit(payload, note)
    action = Action.REDRIVEN if payload is None else Action.EDITED
    _record([delivery], action, at=at, by=acting_user, note=note, payload=payload)
    if payload is not None:
        delivery.edited_payload = payload
    _release(delivery, due=at)
    delivery.save(
        update_fields=["state", "attempts", "due_at", "parked_at", "edited_payload", "lease_token"]
    )
    announce(
        DeliveryRedriven(
            delivery=delivery.pk,
            subscriber=delivery.subscriber,
            letters=1,
            is_edited=payload is not None,
            at=at.isoformat(),
        ),
        at=at,
        actor=acting_user,
    )
    wake_readers()
    return delivery


@transaction.atomic
def discard_delivery(*, delivery_id: int, at: datetime, acting_user: str, note: str) -> Delivery:
    """This will give a dead letter up for good; what waits behind it goes on.

    Raises NotFound, DeliveryNotParked, and InvalidInput without a note that says why.
    """
    delivery = _parked(delivery_id)
    if not note.strip():
        raise InvalidInput(
            "Nothing is discarded without a reason.", fields=[FieldError("/note", "Say why.")]
        )
    _record([delivery], Action.DISCARDED, at=at, by=acting_user, note=note)
    delivery.state, delivery.is_head = Delivery.State.DISCARDED, False
    delivery.save(update_fields=["state", "is_head"])
    heads.promote([(delivery.subscriber, delivery.sequence_key)])
    announce(
        DeliveryDiscarded(delivery=delivery.pk, subscriber=delivery.subscriber, at=at.isoformat()),
        at=at,
        actor=acting_user,
    )
    wake_readers()
    return delivery


@transaction.atomic
def redrive_parked(
    *,
    chosen: Chosen,
    confirmed: int,
    at: datetime,
    acting_user: str,
    note: str = "",
    rate_per_second: float | None = None,
) -> int:
    """This will let all chosen dead letters be tried again, so many a second, and count them.

    `confirmed` is the number that a preview gave; another one is refused, so that nobody
    sets off more than they saw. The rate covers what waits behind them too. Raises
    CountChanged and RateRefused.
    """
    if rate_per_second is not None and not SLOWEST <= rate_per_second <= FASTEST:
        raise RateRefused(
            f"A rate is from {SLOWEST} to {FASTEST:.0f} a second.",
            fields=[FieldError("/rate_per_second", "Choose a rate within the bounds.")],
        )
    letters = list(selectors.dead_letters(chosen).select_for_update(of=("self",)))
    if len(letters) != confirmed:
        raise CountChanged(
            f"The choice means {len(letters)} dead letters now, and {confirmed} were confirmed. "
            "Look again, then confirm the new number."
        )
    _record(letters, Action.REDRIVEN, at=at, by=acting_user, note=note)
    released = list(_with_followers(letters))
    for number, delivery in enumerate(released):
        due = due_at(number, at=at, rate_per_second=rate_per_second)
        _release(delivery, due=due)
    Delivery.objects.bulk_update(
        released,
        ["state", "attempts", "due_at", "parked_at", "lease_token"],
        batch_size=ROWS_A_STATEMENT,
    )
    if letters:
        announce(
            DeliveryRedriven(
                delivery=None,
                subscriber=chosen.subscriber,
                letters=len(letters),
                is_edited=False,
                at=at.isoformat(),
            ),
            at=at,
            actor=acting_user,
        )
    wake_readers()
    return len(letters)


def _parked(delivery_id: int) -> Delivery:
    delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound(f"There is no delivery {delivery_id}.")
    if delivery.state != Delivery.State.PARKED:
        raise DeliveryNotParked(
            f"The delivery to {delivery.subscriber} is {delivery.get_state_display()}; only a "
            "parked one is a dead letter."
        )
    return delivery


def _refuse_edit(payload: dict[str, Any], note: str) -> None:
    refuse_payload(payload)
    if not note.strip():
        raise InvalidInput(
            "Nothing is edited without a reason.", fields=[FieldError("/note", "Say why.")]
        )


def _release(delivery: Delivery, *, due: datetime) -> None:
    delivery.state = Delivery.State.PENDING
    delivery.attempts = 0
    delivery.due_at = due
    delivery.parked_at = None
    delivery.lease_token = None


def _with_followers(letters: Sequence[Delivery]) -> Iterator[Delivery]:
    """Each letter and what waits behind it, so that a rate holds for the whole of a key."""
    waiting: dict[heads.Key, list[Delivery]] = defaultdict(list)
    keys = Delivery.objects.filter(pk__in=[letter.pk for letter in letters])
    for delivery in selectors.of_keys(keys).filter(state=Delivery.State.PENDING).order_by("id"):
        waiting[delivery.subscriber, delivery.sequence_key].append(delivery)
    for letter in letters:
        yield letter
        behind = waiting[letter.subscriber, letter.sequence_key]
        yield from (delivery for delivery in behind if delivery.pk > letter.pk)


def _record(
    letters: Iterable[Delivery],
    action: Intervention.Action,
    *,
    at: datetime,
    by: str,
    note: str,
    payload: dict[str, Any] | None = None,
) -> None:
    Intervention.objects.bulk_create(
        [
            Intervention(
                delivery_id=letter.pk,
                action=action,
                acting_user=by,
                note=note,
                attempts=letter.attempts,
                reason=letter.reason,
                payload_before=_payload_of(letter) if payload is not None else None,
                payload_after=payload,
                at=at,
            )
            for letter in letters
        ],
        batch_size=ROWS_A_STATEMENT,
    )


def _payload_of(letter: Delivery) -> dict[str, Any]:
    return selectors.event_of(letter).payload
