"""The AsyncAPI document at its door: who gets it, in which form, and what it tells whom."""

import pytest
import yaml
from pytest_django import Settings
from rest_framework.test import APIClient

from events.contracts.base import CONTRACTS
from tests.cast import Cast
from tests.events.rules.async_api_shape import faults_of
from tests.factories.events import EventFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("broker", ["in_memory", "rabbitmq", "kafka"])
def test_is_answered_for_the_broker_that_is_set(
    broker: str, charlie_api: APIClient, settings: Settings
) -> None:
    settings.MESSAGE_BROKER = broker
    settings.RABBITMQ_PASSWORD = settings.KAFKA_PASSWORD = "hidden-word"
    settings.EVENT_INTAKE_CHANNELS = ["shop"]

    answer = charlie_api.get("/api/asyncapi")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert faults_of(answer.json()) == []
    assert set(CONTRACTS) <= answer.json()["components"]["messages"].keys()
    protocol = {"in_memory": "in-memory", "rabbitmq": "amqp", "kafka": "kafka"}[broker]
    assert answer.json()["servers"]["broker_1"]["protocol"] == protocol
    assert "hidden-word" not in answer.content.decode()


@pytest.mark.parametrize(("query", "accept"), [("?format=yaml", "*/*"), ("", "application/yaml")])
def test_is_answered_as_yaml(charlie_api: APIClient, query: str, accept: str) -> None:
    answer = charlie_api.get(f"/api/asyncapi{query}", headers={"accept": accept})

    assert answer["Content-Type"].startswith("application/yaml")
    assert yaml.safe_load(answer.content) == charlie_api.get("/api/asyncapi").json()
    assert answer.content.startswith(b"asyncapi: 3.0.0")


def test_is_for_those_who_are_signed_in() -> None:
    answer = APIClient().get("/api/asyncapi?format=yaml")

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 401


def test_tells_undeclared_types_to_whom_may_see_events(
    alice_api: APIClient, charlie_api: APIClient, cast: Cast
) -> None:
    EventFactory.create(event_type="a.b.c")
    EventFactory.create(event_type="slo.burn_rate.high")

    told = alice_api.get("/api/asyncapi").json()

    assert told["x-undeclared-types"] == [
        {
            "type": "a.b.c",
            "schemaVersions": [1],
            "count": 1,
            "isCountExact": True,
            "firstSeen": "2026-03-02T12:00:00+00:00",
            "lastSeen": "2026-03-02T12:00:00+00:00",
        }
    ]
    assert "x-undeclared-types" not in charlie_api.get("/api/asyncapi").json()
    assert yaml.safe_load(alice_api.get("/api/asyncapi?format=yaml").content) == told
