"""The story of the portal on real traffic: only the clock is the test's own."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from django.test import override_settings
from pytest_django.live_server_helper import LiveServer

from events import services as events
from incidents import services as incidents
from incidents.models import Incident, Review
from portal.demo import stage
from portal.demo.receiver import Receiver
from portal.demo.shop import Shop, server_for
from portal.demo.story import follow_acknowledge_link
from portal.shared import clock
from slo import services as slo
from slo.rules.access_log import RequestTimeUnit
from slo.services import AccessLogFollower

pytestmark = pytest.mark.django_db(transaction=True)


# Enough beside the healthy day that the stage comes with.
REQUESTS_A_MINUTE = 200


class World:
    """The shop, its log, the portal that follows it, and the hand on the clock."""

    def __init__(self, log: Path, *, at: datetime) -> None:
        self.now = at
        self.log = log
        self.shop = Shop(log, clock=lambda: self.now)
        self.server = server_for(self.shop)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()
        self.shop.close()

    def pass_minutes(self, minutes: int) -> None:
        """Each minute has its traffic, and all of Beat's sweeps but the escalation's."""
        for _minute in range(minutes):
            self.now += timedelta(minutes=1)
            with httpx.Client(base_url=self.address, trust_env=False) as visitor:
                for number in range(REQUESTS_A_MINUTE):
                    visitor.get(f"/products/{number}")
            self.tick()

    def switch(self, state: str) -> None:
        httpx.post(f"{self.address}/switch/{state}", trust_env=False).raise_for_status()

    def tick(self) -> None:
        while self._follower.advance(at=self.now):
            pass
        slo.evaluate_objectives(at=self.now)
        events.deliver_due_events(at=self.now)
        incidents.send_due_pages(at=self.now)

    def escalate(self) -> None:
        """Incidents open by the wall clock, which this story outruns: by now they are late."""
        incidents.start_due_steps(at=self.now)
        incidents.send_due_pages(at=self.now)

    def follow(self) -> None:
        self._follower = AccessLogFollower(
            path=self.log, service_slug=stage.SERVICE, unit=RequestTimeUnit.SECONDS
        )

    def stop_following(self) -> None:
        self._follower.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def world(
    tmp_path: Path,
    receiver: Receiver,
    live_server: LiveServer,
) -> Iterator[World]:
    # Subscribers are doors and read the clock: the story begins now and runs ahead of it.
    at = clock.now()
    stage.set_stage(receiver=receiver.address, at=at)
    receiver.secrets = stage.signing_secrets()
    world = World(tmp_path / "access.log", at=at)
    world.follow()
    with override_settings(PORTAL_URL=live_server.url):
        yield world
    world.stop_following()
    world.close()


def test_carries_a_burn_from_real_traffic_to_a_drafted_review(
    world: World, receiver: Receiver
) -> None:
    world.pass_minutes(2)
    assert not Incident.objects.exists()

    world.switch("failing")
    world.pass_minutes(1)
    incident = Incident.objects.get()
    [first] = receiver.pages
    assert (incident.severity, incident.status) == ("SEV1", "triggered")
    assert (first.path, first.is_signed) == (stage.FIRST.path, True)

    world.escalate()
    second = receiver.pages_at(stage.SECOND.path)[0]
    assert second.is_signed
    follow_acknowledge_link(second.content["data"]["acknowledge_url"])
    incident.refresh_from_db()
    assert incident.status == "acknowledged"

    paged = len(receiver.pages)
    world.switch("healthy")
    world.pass_minutes(6)
    world.escalate()
    incident.refresh_from_db()
    assert incident.status == "resolved"
    assert len(receiver.pages) == paged, "nobody is paged after the acknowledgement"
    review = Review.objects.get()
    assert review.state == Review.State.DRAFT
    assert review.seconds_to_resolve > 0
    assert len(review.timeline) == incident.timeline.count()


def test_opens_one_incident_however_long_the_burn_lasts(world: World) -> None:
    world.switch("failing")

    world.pass_minutes(5)

    assert Incident.objects.count() == 1
