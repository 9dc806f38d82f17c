"""SIGKILL between "incident opened" and "page sent": the page goes out, once, under one key."""

import os
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.processes import (
    PortalProcesses,
    embedded_portal,
    pause,
    separate_portal,
    wait_for,
)
from tests.faults.receivers import StubbornReceiver

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

# One responder who is reached over one webhook, paged at once for every SEV1.
RESPONDER = """
from django.contrib.auth.models import User
from incidents.models import ContactMethod, EscalationLevel, EscalationPolicy, EscalationTarget
from catalog.models import Service
EscalationPolicy.objects.all().delete()
ContactMethod.objects.all().delete()
responder = User.objects.create_superuser("responder", "", "only-for-this-test")
ContactMethod.objects.create(user=responder, channel="webhook", address="{address}", position=1)
policy = EscalationPolicy.objects.create(slug="all", name="All", severity="SEV1", repeat_count=0)
level = EscalationLevel.objects.create(policy=policy, position=1, ack_window_seconds=600)
EscalationTarget.objects.create(level=level, user=responder)
Service.objects.get_or_create(slug="portal", defaults={{"name": "Portal"}})
"""


@pytest.fixture
def receiver() -> Iterator[StubbornReceiver]:
    with StubbornReceiver() as receiver:
        yield receiver


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[PortalProcesses]:
    """The tree on SQLite, or three processes where the environment names servers."""
    database_url = os.environ.get("DATABASE_URL", "")
    if not database_url.startswith("postgres"):
        with embedded_portal(tmp_path) as portal:
            yield portal
        return
    with separate_portal(
        tmp_path,
        database_url=database_url,
        broker_url=os.environ.get("CELERY_BROKER_URL", "redis://127.0.0.1:6379/0"),
        redis_url=os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"),
    ) as portal:
        portal.manage("migrate", "--verbosity=0")
        yield portal


@pytest.fixture
def token(portal: PortalProcesses, receiver: StubbornReceiver) -> str:
    """A running portal with one responder; returns the token to call its API with."""
    portal.start()
    portal.wait_until_it_answers()
    return make_responder(portal, receiver.address)


def make_responder(portal: PortalProcesses, address: str) -> str:
    """This will put one person on call behind the address and return their API token."""
    portal.manage("shell", "-v0", "-c", RESPONDER.format(address=address))
    printed = portal.manage("issue_api_token", "responder")
    found = re.search(r"\b[0-9A-Za-z]{64}\b", printed)
    assert found, printed
    return found.group()


def call(portal: PortalProcesses, token: str, method: str, path: str, **body: Any) -> Any:
    answer = httpx.request(
        method,
        f"{portal.address}{path}",
        headers={"Authorization": f"Bearer {token}"},
        json=body or None,
        timeout=20,
        trust_env=False,
    )
    assert answer.is_success, answer.text
    return answer.json()


def open_incident(portal: PortalProcesses, token: str) -> str:
    opened = call(
        portal,
        token,
        "POST",
        "/api/incidents",
        title="Checkout fails",
        description="",
        severity="SEV1",
        detected_by="a test",
        affected_services=["portal"],
    )
    return str(opened["reference"])


def sent_page(portal: PortalProcesses, token: str, reference: str) -> Any:
    found = call(portal, token, "GET", f"/api/incidents/{reference}/pages")
    pages = found["results"] if isinstance(found, dict) else found
    return next((page for page in pages if page["state"] == "sent"), None)


def wait_for_sent_page(portal: PortalProcesses, token: str, reference: str) -> Any:
    return wait_for(
        f"the page of {reference} to be sent", lambda: sent_page(portal, token, reference)
    )


def test_sends_the_page_again_after_a_kill_while_it_was_sent(
    portal: PortalProcesses, token: str, receiver: StubbornReceiver
) -> None:
    reference = open_incident(portal, token)
    wait_for("the page to be on the wire", lambda: receiver.arrived)

    portal.kill()
    receiver.is_answering.set()
    portal.start()
    portal.wait_until_it_answers()
    page = wait_for_sent_page(portal, token, reference)

    assert receiver.answered == [receiver.arrived[0]]
    assert set(receiver.arrived) == {page["idempotency_key"]}


def test_sends_the_page_once_after_a_kill_before_it_was_sent(
    portal: PortalProcesses, token: str, receiver: StubbornReceiver
) -> None:
    receiver.is_answering.set()
    reference = open_incident(portal, token)

    portal.kill()
    portal.start()
    portal.wait_until_it_answers()
    page = wait_for_sent_page(portal, token, reference)

    # The kill may have come after the first sending: then the second carries the same key.
    assert set(receiver.answered) == {page["idempotency_key"]}
    assert len(receiver.answered) <= 2


def test_loses_no_page_when_it_is_killed_at_random(
    portal: PortalProcesses, token: str, receiver: StubbornReceiver, faults_seed: int
) -> None:
    chance = random.Random(faults_seed)
    receiver.is_answering.set()
    references = []
    for _kill in range(3):
        references += [open_incident(portal, token) for _incident in range(4)]
        pause(chance.uniform(0, 0.3))
        portal.kill()
        portal.start()
        portal.wait_until_it_answers()

    pages = [wait_for_sent_page(portal, token, reference) for reference in references]

    assert {page["idempotency_key"] for page in pages} == set(receiver.answered)
    assert len(pages) == 12
