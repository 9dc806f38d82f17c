"""A page is sent until there is a receipt, or until it is given up for everybody to see."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.db import OperationalError

from events.models import Event
from incidents import services
from incidents.models import ContactMethod, Incident, Page, PageAttempt
from incidents.providers import base
from incidents.rules import retry
from incidents.services import pages
from tests.cast import Cast
from tests.factories.incidents import ContactMethodFactory
from tests.incidents.ladder import Ladder
from tests.incidents.receivers import Receiver, receiver

pytestmark = pytest.mark.django_db

Opened = Callable[..., Incident]


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def incident(ladder: Ladder, server: Receiver, open_incident: Opened) -> Incident:
    """One that pages the first responder over the receiver's webhook."""
    ContactMethod.objects.filter(user=ladder.first).update(
        channel=ContactMethod.Channel.WEBHOOK, address=server.url
    )
    return open_incident()


def test_keeps_the_receipt(incident: Incident, server: Receiver, at: datetime) -> None:
    assert services.send_due_pages(at=at) == 1

    page, attempt = incident.pages.get(), PageAttempt.objects.get()
    assert page.state == Page.State.SENT
    assert page.sent_at is not None
    assert page.sent_at - at < timedelta(seconds=5)
    assert (attempt.number, attempt.outcome, attempt.status_code) == (1, "accepted", 200)
    assert server.keys == [page.idempotency_key]
    assert incident.timeline.latest("id").kind == "page_sent"


def test_announces_what_was_sent(incident: Incident, at: datetime) -> None:
    services.send_due_pages(at=at)

    sent = Event.objects.get(event_type="incidents.page.sent")
    assert sent.payload["reference"] == incident.reference
    assert sent.payload["channel"] == "webhook"
    assert sent.payload["attempts"] == 1


def test_sends_a_page_once(incident: Incident, server: Receiver, at: datetime) -> None:
    for _sweep in range(3):
        services.send_due_pages(at=at + timedelta(minutes=1))

    assert len(server.requests) == 1


def test_tries_again_later_under_the_same_key(
    incident: Incident, server: Receiver, at: datetime
) -> None:
    server.status = 503
    services.send_due_pages(at=at)
    page = incident.pages.get()
    assert page.state == Page.State.PENDING
    assert page.due_at >= at + retry.delay_after(1)

    server.status = 200
    services.send_due_pages(at=at + timedelta(seconds=1))
    services.send_due_pages(at=at + timedelta(seconds=10))

    page.refresh_from_db()
    assert page.state == Page.State.SENT
    assert server.keys == [page.idempotency_key] * 2
    assert [a.outcome for a in page.receipts.all()] == ["failed", "accepted"]


def test_gives_up_after_about_an_hour(incident: Incident, server: Receiver, at: datetime) -> None:
    server.status = 500
    for minute in range(90):
        for second in (0, 15, 30, 45):
            services.send_due_pages(at=at + timedelta(minutes=minute, seconds=second))

    page = incident.pages.get()
    assert page.state == Page.State.FAILED
    assert page.attempts == retry.ATTEMPTS
    failed = Event.objects.get(event_type="incidents.page.failed")
    assert failed.payload["reason"] == "The receiver answered 500."
    assert incident.timeline.filter(kind="page_failed").count() == 2


def test_gives_up_sooner_when_it_is_refused(
    incident: Incident, server: Receiver, at: datetime
) -> None:
    server.status = 410
    for minute in range(10):
        services.send_due_pages(at=at + timedelta(minutes=minute))

    assert incident.pages.get().state == Page.State.FAILED
    assert len(server.requests) == retry.ATTEMPTS_WHEN_REFUSED
    assert set(PageAttempt.objects.values_list("outcome", flat=True)) == {"refused"}


def test_sends_again_under_the_same_key_when_the_sender_died_before_the_receipt(
    incident: Incident, server: Receiver, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_arguments: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pages, "_record", die)
        with pytest.raises(KeyboardInterrupt):
            services.send_due_pages(at=at)
    page = incident.pages.get()
    assert page.state == Page.State.LEASED

    services.send_due_pages(at=at + retry.LEASE - timedelta(seconds=1))
    assert len(server.requests) == 1

    for later in (1, 60):
        services.send_due_pages(at=at + retry.LEASE + timedelta(seconds=later))
    page.refresh_from_db()
    assert page.state == Page.State.SENT
    assert server.keys == [page.idempotency_key] * 2


def test_gives_up_a_page_that_takes_every_sender_along(
    incident: Incident, server: Receiver, at: datetime
) -> None:
    Page.objects.update(state=Page.State.LEASED, lease_until=at, attempts=retry.ATTEMPTS)

    services.send_due_pages(at=at + timedelta(seconds=1))

    assert incident.pages.get().state == Page.State.FAILED
    assert server.requests == []


def test_survives_a_channel_that_is_broken_itself(
    incident: Incident, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def send(self, message: base.PageMessage) -> base.Receipt:
            raise ZeroDivisionError

    monkeypatch.setitem(base.channels._entries, "webhook", Broken())

    services.send_due_pages(at=at)

    assert incident.pages.get().state == Page.State.PENDING
    assert "ZeroDivisionError" in PageAttempt.objects.get().detail


def test_does_not_let_a_slow_receiver_delay_the_others(
    incident: Incident,
    server: Receiver,
    ladder: Ladder,
    open_incident: Opened,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retry, "DEADLINE_SECONDS", 0.5)
    server.hold.clear()
    with receiver() as quick:
        ContactMethodFactory.create(user=ladder.first, channel="webhook", address=quick.url)
        open_incident()
        services.send_due_pages(at=at)

    slow = PageAttempt.objects.filter(page__contact_method__address=server.url)
    taken = PageAttempt.objects.get(page__contact_method__address=quick.url)
    assert {attempt.outcome for attempt in slow} == {"failed"}
    assert taken.outcome == "accepted"
    assert taken.ended_at < min(attempt.ended_at for attempt in slow)


def test_cancels_what_is_unsent_when_somebody_acknowledges(
    cast: Cast, incident: Incident, server: Receiver, at: datetime
) -> None:
    services.acknowledge_incident(incident_id=incident.pk, acting_user=cast.alice, at=at, via="API")

    services.send_due_pages(at=at)

    assert incident.pages.get().state == Page.State.CANCELLED
    assert server.requests == []


@pytest.mark.parametrize(("status", "state"), [(200, "sent"), (500, "cancelled")])
def test_records_the_receipt_of_a_page_acknowledged_while_it_was_sent(
    cast: Cast,
    incident: Incident,
    server: Receiver,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    state: str,
) -> None:
    server.status = status
    record = pages._record

    def acknowledge_first(*arguments: object, **named: object) -> None:
        services.acknowledge_incident(
            incident_id=incident.pk, acting_user=cast.alice, at=at, via="API"
        )
        record(*arguments, **named)  # type: ignore[arg-type]  # handed through as it came

    monkeypatch.setattr(pages, "_record", acknowledge_first)
    services.send_due_pages(at=at)
    services.send_due_pages(at=at + timedelta(hours=1))

    assert incident.pages.get().state == state
    assert len(server.requests) == 1


def test_leaves_the_state_to_whoever_holds_the_lease_now(
    incident: Incident, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = pages._record

    def lose_the_lease(*arguments: object, **named: object) -> None:
        Page.objects.update(lease_token="00000000-0000-0000-0000-000000000001")
        record(*arguments, **named)  # type: ignore[arg-type]  # handed through as it came

    monkeypatch.setattr(pages, "_record", lose_the_lease)
    services.send_due_pages(at=at)

    assert incident.pages.get().state == Page.State.LEASED
    assert PageAttempt.objects.get().outcome == "accepted"
    assert not Event.objects.filter(event_type="incidents.page.sent").exists()


def test_does_not_wait_for_the_window_of_a_level_that_no_page_reached(
    incident: Incident, server: Receiver, ladder: Ladder, at: datetime
) -> None:
    server.status = 410
    for seconds in (0, 10, 20):
        services.send_due_pages(at=at + timedelta(seconds=seconds))
    services.start_due_steps(at=at + timedelta(seconds=30))

    assert incident.pages.latest("id").responder == ladder.second
    told = incident.timeline.get(kind="skipped").text
    assert told == "Level 1: no page arrived, so the next level is not waited for."


def test_waits_for_the_window_when_one_page_of_the_level_arrived(
    incident: Incident, server: Receiver, ladder: Ladder, at: datetime
) -> None:
    server.status = 410
    step = incident.steps.get(ordinal=1)
    reached = ContactMethodFactory.create(user=ladder.first, channel="email", address="a@b.example")
    Page.objects.create(
        incident=incident,
        step=step,
        responder=ladder.first,
        contact_method=reached,
        idempotency_key="reached",
        created_at=at,
        due_at=at,
    )
    for seconds in (0, 10, 20):
        services.send_due_pages(at=at + timedelta(seconds=seconds))
    services.start_due_steps(at=at + timedelta(seconds=30))

    assert incident.steps.get(ordinal=2).state == "pending"
    assert not incident.timeline.filter(kind="skipped").exists()


def test_keeps_the_receipts_when_the_next_page_cannot_be_claimed(
    incident: Incident, ladder: Ladder, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = pages._claim
    ContactMethodFactory.create(user=ladder.first, channel="email", address="a@b.example")
    services.page_again(incident_id=incident.pk, acting_user=ladder.second, at=at)

    def claim_one(page: Page, *, at: datetime, now: datetime) -> pages.Flight | None:
        if Page.objects.filter(state=Page.State.LEASED).exists():
            raise OperationalError("database or disk is full")
        return claim(page, at=at, now=now)

    monkeypatch.setattr(pages, "_claim", claim_one)
    services.send_due_pages(at=at)

    states = Page.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["sent", "pending", "pending"]
