"""A stream in the admin: its events as they come, and its state at any version."""

from datetime import datetime, timedelta

import pytest
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from events import services
from events.contracts.draft import Draft
from events.models import Event, Stream
from tests.cast import Cast

pytestmark = pytest.mark.django_db

STREAM = "orders.order_1/a"


def write(count: int, *, at: datetime, stream: str = STREAM) -> None:
    services.append(
        [
            Draft(
                event_type="orders.order.changed",
                payload={"number": number},
                stream=stream,
                occurred_at=at,
            )
            for number in range(1, count + 1)
        ]
    )


def page(stream: str = STREAM, query: str = "") -> str:
    return f"{reverse('admin:events_stream_change', args=[quote(stream)])}{query}"


@pytest.mark.parametrize("count", [1, 20])
def test_lists_streams_with_as_many_queries_for_few_as_for_many(
    count: int,
    at: datetime,
    alice_browser: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        write(2, at=at, stream=f"orders.{number}")

    # Session, user, two counts, the page.
    with django_assert_num_queries(5):
        shown = alice_browser.get(reverse("admin:events_stream_changelist"))

    assert b"orders.order.changed" in shown.content


def test_finds_a_stream_by_a_part_of_its_name(at: datetime, alice_browser: Client) -> None:
    write(1, at=at)
    write(1, at=at, stream="parcels.7")

    shown = alice_browser.get(reverse("admin:events_stream_changelist"), {"q": "order_1"})

    assert [stream.name for stream in shown.context["cl"].result_list] == [STREAM]


def test_shows_the_newest_events_first_and_leads_to_older_ones(
    at: datetime, alice_browser: Client
) -> None:
    write(30, at=at)

    first = alice_browser.get(page()).context
    second = alice_browser.get(first["older"].partition("#")[0]).context

    assert [event.stream_version for event in first["events"]] == list(range(30, 5, -1))
    assert [event.stream_version for event in second["events"]] == [5, 4, 3, 2, 1]
    assert (first["tail"].at, second["tail"]) == (30, None)


@pytest.mark.parametrize(
    ("version", "ways"),
    [
        (1, {"Previous": 0, "Next": 2, "Last": 3}),
        (2, {"First": 1, "Previous": 1, "Next": 3, "Last": 3}),
        (3, {"First": 1, "Previous": 2}),
        (0, {"First": 1, "Next": 1, "Last": 3}),
    ],
)
def test_goes_from_version_to_version_by_links(
    at: datetime, alice_browser: Client, version: int, ways: dict[str, int]
) -> None:
    write(3, at=at)

    travel = alice_browser.get(page(query=f"?version={version}")).context["travel"]

    assert travel.state.version == version
    assert {
        str(step.label): int(step.address.partition("version=")[2].partition("#")[0])
        for step in travel.slider
        if step.address
    } == ways


def test_shows_the_state_and_what_the_step_changed(at: datetime, alice_browser: Client) -> None:
    write(3, at=at)

    shown = alice_browser.get(page(query="?version=2"))

    travel = shown.context["travel"]
    assert '"number": 2' in travel.value
    assert travel.event == Event.objects.get(stream_version=2)
    assert [(line.change.pointer, line.before, line.after) for line in travel.step] == [
        ("/events/orders.order.changed", "1", "2"),
        ("/fields/number", "1", "2"),
    ]
    assert "State at version 2 of 3" in shown.content.decode()


def test_goes_to_a_moment(at: datetime, alice_browser: Client) -> None:
    write(2, at=at)
    Event.objects.filter(stream_version=2).update(recorded_at=at + timedelta(days=2))
    Event.objects.filter(stream_version=1).update(recorded_at=at)

    travel = alice_browser.get(page(query="?at=2026-03-03T12:00")).context["travel"]

    assert travel.state.version == 1


def test_compares_two_instants(at: datetime, alice_browser: Client) -> None:
    write(3, at=at)

    comparison = alice_browser.get(page(query="?from=1&to=3")).context["travel"].comparison

    assert [(line.change.pointer, line.before, line.after) for line in comparison.lines] == [
        ("/events/orders.order.changed", "1", "3"),
        ("/fields/number", "1", "3"),
    ]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("?version=9", "has the versions 0 to 1, and no 9"),
        ("?version=x", "is no version"),
        ("?at=yesterday", "neither a version nor a moment"),
        ("?at=2026-03-02T12:00Z&version=1", "not both"),
        ("?from=1&to=tomorrow", "neither a version nor a moment"),
        ("?from=1&to=99999999999999999999", "is no version"),
    ],
)
def test_says_on_the_page_where_it_cannot_go(
    at: datetime, alice_browser: Client, query: str, told: str
) -> None:
    write(1, at=at)

    shown = alice_browser.get(page(query=query))

    assert shown.status_code == 200
    assert told in shown.content.decode()


@pytest.mark.parametrize("count", [2, 20])
def test_takes_as_many_queries_for_few_events_as_for_many(
    count: int,
    at: datetime,
    alice_browser: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    write(count, at=at)
    ContentType.objects.get_for_model(Stream)

    # Session, user, the stream twice, its page of events, two states of four, the last event.
    with django_assert_num_queries(14):
        alice_browser.get(page())


def test_tells_how_many_events_came_after(at: datetime, alice_browser: Client) -> None:
    write(5, at=at)
    address = reverse("admin:events_stream_tail", args=[quote(STREAM)])

    assert alice_browser.get(address, {"after": "3"}).json() == {"newer": 2, "at": 5}
    assert alice_browser.get(address, {"after": "5"}).json() == {"newer": 0, "at": 5}
    assert alice_browser.get(address, {"after": "x"}).json() == {"newer": 5, "at": 5}


def test_shows_the_stream_without_its_events_to_who_may_not_read_them(
    at: datetime, client: Client, cast: Cast
) -> None:
    write(1, at=at)
    cast.bob.user_permissions.add(Permission.objects.get(codename="view_stream"))
    client.force_login(cast.bob)

    shown = client.get(page())
    tail = client.get(reverse("admin:events_stream_tail", args=[quote(STREAM)]))

    assert shown.status_code == 200
    assert "travel" not in shown.context
    assert tail.status_code == 403


def test_refuses_who_may_see_no_stream(at: datetime, client: Client, cast: Cast) -> None:
    write(1, at=at)
    client.force_login(cast.bob)

    assert client.get(page()).status_code == 403
