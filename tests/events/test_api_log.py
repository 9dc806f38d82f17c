"""Following the log by position: nothing twice, nothing missed, and told what is gone."""

from datetime import datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from events import services
from events.models import Event
from events.selectors import log_tail

pytestmark = pytest.mark.django_db


def publish(count: int, *, at: datetime, event_type: str = "orders.order.shipped") -> list[str]:
    return [
        str(services.publish(event_type, {"n": n}, stream=f"orders.{n % 3}", at=at).event_id)
        for n in range(count)
    ]


def ask(client: APIClient, **query: Any) -> Any:
    answer = client.get("/api/events/log", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def follow(client: APIClient, **query: Any) -> list[str]:
    seen: list[str] = []
    after, head = 0, 1
    while after < head:
        page = ask(client, after=after, **query)
        seen += [event["event_id"] for event in page["events"]]
        after, head = page["next_after"], page["head"]
    return seen


def test_answers_in_the_order_of_positions(alice_api: APIClient, at: datetime) -> None:
    ids = publish(3, at=at)
    services.sequence_events(at=at)

    page = ask(alice_api)

    assert [event["event_id"] for event in page["events"]] == ids
    assert [event["position"] for event in page["events"]] == [1, 2, 3]
    assert (page["next_after"], page["head"], page["dropped"]) == (3, 3, 0)


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 7, 100])
def test_is_followed_without_a_gap_or_a_repetition(
    alice_api: APIClient, at: datetime, limit: int
) -> None:
    ids = publish(7, at=at)
    services.sequence_events(at=at)

    assert follow(alice_api, limit=limit) == ids


def test_holds_back_what_has_no_position_yet(alice_api: APIClient, at: datetime) -> None:
    publish(2, at=at)
    services.sequence_events(at=at)
    (late,) = publish(1, at=at)

    page = ask(alice_api)
    assert (len(page["events"]), page["next_after"]) == (2, 2)

    services.sequence_events(at=at)
    after = ask(alice_api, after=page["next_after"])
    assert [event["event_id"] for event in after["events"]] == [late]


def test_leaves_for_the_next_question_what_is_sequenced_meanwhile(
    alice_api: APIClient, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(3, at=at)
    services.sequence_events(at=at)
    # The head is read first; the sequencer may be quicker than the second look.
    monkeypatch.setattr(log_tail, "head_of_log", lambda: 2)

    page = ask(alice_api)

    assert [event["position"] for event in page["events"]] == [1, 2]
    assert page["next_after"] == 2


def test_answers_an_empty_log_and_its_end(alice_api: APIClient, at: datetime) -> None:
    nothing = {"events": [], "next_after": 0, "head": 0, "dropped": 0}
    assert ask(alice_api) == nothing

    publish(2, at=at)
    services.sequence_events(at=at)
    assert ask(alice_api, after=2) == nothing | {"next_after": 2, "head": 2}


def test_leaves_events_out_by_type_but_no_position(alice_api: APIClient, at: datetime) -> None:
    publish(4, at=at)
    wanted = publish(2, at=at, event_type="billing.invoice.sent")
    publish(3, at=at)
    services.sequence_events(at=at)

    page = ask(alice_api, limit=2, event_type="billing.*")

    assert (page["events"], page["next_after"]) == ([], 2)
    for pattern in ("billing.*", "*.sent", "billing.invoice.sent"):
        assert follow(alice_api, limit=2, event_type=pattern) == wanted


def test_counts_what_retention_has_taken(alice_api: APIClient, at: datetime) -> None:
    ids = publish(8, at=at)
    services.sequence_events(at=at)
    Event.objects.filter(position__in=[1, 2, 5, 8]).delete()

    first = ask(alice_api, limit=2)
    rest = ask(alice_api, limit=9, after=first["next_after"])

    assert [event["event_id"] for event in first["events"]] == ids[2:4]
    assert (first["next_after"], first["dropped"]) == (4, 2)
    assert [event["position"] for event in rest["events"]] == [6, 7]
    assert (rest["next_after"], rest["dropped"]) == (8, 2)


def test_tells_a_reader_that_is_ahead_of_a_restored_log(alice_api: APIClient, at: datetime) -> None:
    publish(2, at=at)
    services.sequence_events(at=at)

    answer = alice_api.get("/api/events/log?after=3")

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:portal:problem:position-ahead-of-log"
    assert "Go on after 2" in answer.json()["detail"]


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", f"after={2**63}", "limit=0", "limit=1001", "limit=all"]
)
def test_refuses_a_question_it_cannot_read(alice_api: APIClient, query: str) -> None:
    answer = alice_api.get(f"/api/events/log?{query}")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == f"/{query.partition('=')[0]}"


@pytest.mark.parametrize("count", [1, 30])
def test_asks_as_many_queries_for_few_as_for_many(
    count: int,
    alice_api: APIClient,
    at: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    publish(count, at=at)
    services.sequence_events(at=at)

    with django_assert_num_queries(2):
        alice_api.get("/api/events/log")


def test_asks_for_the_right_to_see_events(charlie_api: APIClient) -> None:
    assert charlie_api.get("/api/events/log").status_code == 403
