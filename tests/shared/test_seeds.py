"""What a fresh portal holds, and that sowing again makes nothing."""

from datetime import datetime
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from portal.shared import seeds
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def run(command: str) -> str:
    out = StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


def test_sows_everything_once() -> None:
    first = [run("seed_defaults"), run("seed_demo")]

    second = [run("seed_defaults"), run("seed_demo")]

    assert all("Everything is there already." not in told for told in first)
    assert second == ["Everything is there already.\n"] * 2


def test_sows_in_order_and_names_the_operator(
    cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seeds, "_defaults", [])

    def seed(name: str) -> seeds.Seed:
        def sow(_at: datetime, operator: User | None) -> list[str]:
            return [f"{name} by {operator}"]

        return sow

    seeds.register_defaults("b", seed("b"), order=20)
    seeds.register_defaults("c", seed("c"), order=10)
    seeds.register_defaults("a", seed("a"), order=20)

    assert seeds.sow_defaults(at=at, operator=cast.alice) == [
        "c by alice",
        "a by alice",
        "b by alice",
    ]
