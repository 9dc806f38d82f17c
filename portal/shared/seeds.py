"""What a fresh portal holds: each app registers what it ships and what it shows in a demo."""

from collections.abc import Callable
from datetime import datetime

from django.contrib.auth.models import User

# Makes what is missing and leaves the rest alone; returns a sentence for each thing made.
# `operator` is the first administrator, None when there is none yet.
Seed = Callable[[datetime, User | None], list[str]]

_defaults: list[tuple[int, str, Seed]] = []
_demo: list[tuple[int, str, Seed]] = []


def register_defaults(name: str, seed: Seed, *, order: int) -> None:
    """This will run the seed in `manage.py seed_defaults`, lower orders first."""
    _defaults.append((order, name, seed))


def register_demo(name: str, seed: Seed, *, order: int) -> None:
    """This will run the seed in `manage.py seed_demo`, lower orders first."""
    _demo.append((order, name, seed))


def sow_defaults(*, at: datetime, operator: User | None) -> list[str]:
    return _sow(_defaults, at=at, operator=operator)


def sow_demo(*, at: datetime, operator: User | None) -> list[str]:
    return _sow(_demo, at=at, operator=operator)


def _sow(seeds: list[tuple[int, str, Seed]], *, at: datetime, operator: User | None) -> list[str]:
    ordered = sorted(seeds, key=lambda seed: seed[:2])
    return [sentence for _order, _name, seed in ordered for sentence in seed(at, operator)]
