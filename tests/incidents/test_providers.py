"""What every channel does when its receiver takes, refuses, hangs, babbles or is not there."""

import json
import smtplib
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends import locmem
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from incidents.models import ContactMethod
from incidents.providers.base import Channel, PageMessage, Undeliverable, channels
from incidents.providers.console import Console
from incidents.providers.email import Email
from incidents.providers.webhook import Webhook
from incidents.rules import retry
from incidents.rules.signing import signing_secret
from portal.shared import clock
from portal.shared.errors import DomainError
from tests.incidents.receivers import Receiver, dead_port, garbage_server, receiver

SECRET = signing_secret(key="k" * 32, contact_method="c", version=1)
OPENED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def message(address: str, **changes: Any) -> PageMessage:
    fields: dict[str, Any] = {
        "kind": "page.sent",
        "page_id": "p-1",
        "idempotency_key": "incident:1:1:7:3",
        "address": address,
        "reference": "INC-12",
        "title": "Checkout is down",
        "severity": "SEV1",
        "services": ("checkout",),
        "url": "https://portal.example.com/admin/incidents/incident/12/change/",
        "acknowledge_url": "https://portal.example.com/acknowledge/token",
        "level": 1,
        "responder": "alice",
        "opened_at": OPENED,
        "sent_at": clock.now(),
        "signing_secret": SECRET,
    }
    return PageMessage(**{**fields, **changes})


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture(params=[Webhook(), Email(), Console()], ids=["webhook", "email", "console"])
def channel(request: pytest.FixtureRequest) -> Channel:
    found: Channel = request.param
    return found


def test_every_channel_can_be_chosen_and_no_other() -> None:
    assert sorted(ContactMethod.Channel.values) == channels.names()


def test_every_channel_gives_a_receipt_when_taken(channel: Channel, server: Receiver) -> None:
    address = server.url if isinstance(channel, Webhook) else "alice@example.com"

    receipt = channel.send(message(address))

    assert receipt.status_code == 200 or receipt.detail


@pytest.mark.parametrize("status", [301, 400, 401, 404, 410, 422])
def test_a_webhook_that_refuses_will_say_the_same_again(server: Receiver, status: int) -> None:
    server.status = status

    with pytest.raises(Undeliverable) as refused:
        Webhook().send(message(server.url))

    assert refused.value.permanent
    assert refused.value.status_code == status


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
def test_a_webhook_in_trouble_is_worth_another_try(server: Receiver, status: int) -> None:
    server.status = status

    with pytest.raises(Undeliverable) as failed:
        Webhook().send(message(server.url))

    assert not failed.value.permanent
    assert failed.value.status_code == status


def test_a_webhook_that_hangs_is_left_at_the_deadline(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "DEADLINE_SECONDS", 0.2)
    server.hold.clear()
    began = time.monotonic()

    with pytest.raises(Undeliverable) as failed:
        Webhook().send(message(server.url))

    assert not failed.value.permanent
    assert time.monotonic() - began < 2


def test_a_webhook_that_babbles_is_worth_another_try() -> None:
    with garbage_server() as url, pytest.raises(Undeliverable) as failed:
        Webhook().send(message(url))

    assert not failed.value.permanent
    assert failed.value.status_code is None


def test_a_webhook_that_is_not_there_is_worth_another_try() -> None:
    with pytest.raises(Undeliverable) as failed:
        Webhook().send(message(dead_port()))

    assert not failed.value.permanent


@pytest.mark.parametrize("address", ["ftp://example.com/", "http://10.1.2.3/", "not a url"])
def test_a_webhook_address_that_may_not_be_called_is_refused(address: str) -> None:
    with pytest.raises(Undeliverable) as failed:
        Webhook().send(message(address))
    with pytest.raises(DomainError):
        Webhook().refuse_address(address)

    assert failed.value.permanent


def test_a_webhook_carries_a_signature_that_verifies(server: Receiver) -> None:
    sent = message(server.url, title="Kasse fällt aus ✗")
    Webhook().send(sent)

    headers, body = server.requests[0]
    document = Verifier(SECRET).verify(body, headers)
    assert headers["webhook-id"] == sent.idempotency_key
    assert document["type"] == "page.sent"
    assert document["data"]["incident"]["title"] == "Kasse fällt aus ✗"
    assert document["data"]["acknowledge_url"] == sent.acknowledge_url
    assert document["data"]["level"] == 1


def test_a_webhook_signature_does_not_verify_with_another_version(server: Receiver) -> None:
    Webhook().send(message(server.url))

    headers, body = server.requests[0]
    other = signing_secret(key="k" * 32, contact_method="c", version=2)
    with pytest.raises(WebhookVerificationError):
        Verifier(other).verify(body, headers)


def test_an_email_has_the_same_id_at_every_attempt() -> None:
    for _attempt in range(2):
        Email().send(message("alice@example.com", title="Two\nlines"))

    first, second = mail.outbox
    assert first.subject == "[SEV1] INC-12 Two lines"
    assert "https://portal.example.com/acknowledge/token" in str(first.body)
    ids = {json.dumps(sent.extra_headers["Message-ID"]) for sent in (first, second)}
    assert len(ids) == 1


@pytest.mark.parametrize(
    ("error", "permanent"),
    [
        (smtplib.SMTPRecipientsRefused({}), True),
        (smtplib.SMTPServerDisconnected("gone"), False),
        (TimeoutError("slow"), False),
        (ConnectionRefusedError("not there"), False),
    ],
)
def test_an_email_is_tried_again_unless_it_was_refused(
    monkeypatch: pytest.MonkeyPatch, error: Exception, permanent: bool
) -> None:
    def fail(*_arguments: object) -> int:
        raise error

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", fail)

    with pytest.raises(Undeliverable) as failed:
        Email().send(message("alice@example.com"))

    assert failed.value.permanent is permanent


def test_a_mail_server_that_dawdles_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    monkeypatch.setattr(retry, "EMAIL_DEADLINE_SECONDS", 0.1)
    monkeypatch.setattr(locmem.EmailBackend, "send_messages", lambda *_args: done.wait(10))

    with pytest.raises(Undeliverable, match="in time") as failure:
        Email().send(message("alice@example.com"))

    assert not failure.value.permanent
    done.set()


def test_an_email_address_is_checked() -> None:
    with pytest.raises(DomainError):
        Email().refuse_address("not an address")


def test_the_console_shows_the_link(capsys: pytest.CaptureFixture[str]) -> None:
    Console().send(message(""))

    shown = capsys.readouterr().err
    assert "SEV1 INC-12" in shown
    assert "https://portal.example.com/acknowledge/token" in shown
    assert SECRET not in repr(message(""))


def test_the_console_does_not_obey_a_title(capsys: pytest.CaptureFixture[str]) -> None:
    Console().send(message("", title="\x1b[2JDown"))

    assert "\x1b" not in capsys.readouterr().err
