"""Which events led to one, and which followed from it."""

import uuid
from datetime import datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from events import selectors, services
from events.contracts.draft import Draft
from events.models import Event
from events.selectors import causality
from events.selectors.causality import Node

pytestmark = pytest.mark.django_db

AT = datetime.fromisoformat("2026-03-02T12:00:00+00:00")


def write(name: str, *, after: Event | None = None, **said: Any) -> Event:
    said.setdefault("correlation_id", after.correlation_id if after else None)
    draft = Draft(
        event_type=f"orders.order.{name}",
        payload={},
        occurred_at=AT,
        causation_id=after.event_id if after else None,
        **said,
    )
    return services.append([draft])[0]


def told(node: Node) -> Any:
    """The tree in few words: a name, a star for the subject, and what is below."""
    name = node.event.event_type.rpartition(".")[2] + "*" * node.is_subject
    return [name, *map(told, node.effects)] if node.effects else name


def tree(subject: Event) -> list[Any]:
    return [told(root) for root in selectors.causality_of(subject).roots]


def test_shows_every_cause_and_effect_and_marks_the_event() -> None:
    placed = write("placed")
    billed = write("billed", after=placed)
    packed = write("packed", after=placed)
    write("shipped", after=packed)
    write("placed")

    assert tree(placed) == [["placed*", "billed", ["packed", "shipped"]]]
    assert tree(billed) == [["placed", "billed*", ["packed", "shipped"]]]
    assert not selectors.causality_of(billed).is_cut


def test_follows_causes_into_another_correlation() -> None:
    placed = write("placed")
    paid = write("paid", after=placed, correlation_id=uuid.uuid4())

    assert tree(paid) == [["placed", "paid*"]]


def test_shows_what_has_lost_its_cause() -> None:
    placed = write("placed")
    packed = write("packed", after=placed)
    write("shipped", after=packed)
    billed = write("billed", after=placed)
    Event.objects.filter(pk=packed.pk).delete()

    assert tree(billed) == [["placed", "billed*"], "shipped"]


def test_says_that_the_first_cause_is_gone() -> None:
    placed = write("placed")
    packed = write("packed", after=placed)
    Event.objects.filter(pk=placed.pk).delete()

    assert tree(packed) == ["packed*"]
    assert selectors.causality_of(packed).is_cut


def test_ends_where_events_claim_to_cause_each_other() -> None:
    first = write("placed")
    second = write("packed", after=first)
    Event.objects.filter(pk=first.pk).update(causation_id=second.event_id)
    first.refresh_from_db()

    roots = selectors.causality_of(first).roots

    assert [root.event for root in roots] == [second]


@pytest.mark.parametrize("length", [3, 60])
def test_takes_a_bounded_number_of_queries_and_shows_where_it_stands(
    length: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    chain = [write("placed")]
    for _number in range(length - 1):
        chain.append(write("followed", after=chain[-1]))

    with django_assert_max_num_queries(1):
        found = selectors.causality_of(chain[length // 2])

    assert "followed*" in str([told(root) for root in found.roots])
    assert found.is_cut is (length > 30)


def test_keeps_the_event_and_its_effects_when_there_are_too_many(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(causality, "EVENTS_AT_MOST", 5)
    placed = write("placed")
    for _number in range(8):
        last = write("packed", after=placed)
    write("shipped", after=last)

    with django_assert_num_queries(2):
        found = selectors.causality_of(last)

    assert found.is_cut
    assert told(found.roots[0]) == ["placed", *["packed"] * 4, ["packed*", "shipped"]]


def test_tells_how_much_lies_too_deep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(causality, "DEPTH_AT_MOST", 2)
    placed = write("placed")
    packed = write("packed", after=placed)
    write("shipped", after=packed)

    (root,) = selectors.causality_of(placed).roots

    assert (told(root), root.effects[0].hidden) == (["placed*", "packed"], 1)
