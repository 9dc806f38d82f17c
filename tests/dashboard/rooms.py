"""Rows as the rooms give them to the home page, each the smallest that is valid."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from incidents.selectors import IncidentRow, OnCallRow, OverdueRow, PagingFigures, ResolvedRow
from slo.rules.window import Span
from slo.selectors import Level, ObjectiveStatus
from tests.conftest import NOON


def incident(**changes: Any) -> IncidentRow:
    row: dict[str, Any] = {
        "pk": 1,
        "reference": "INC-1",
        "title": "Checkout fails",
        "severity": "SEV1",
        "status": "triggered",
        "age": timedelta(minutes=12),
        "page_state": "sent 40 s ago, waiting",
        "services": ["checkout"],
    }
    return IncidentRow(**{**row, **changes})


def on_call(**changes: Any) -> OnCallRow:
    row: dict[str, Any] = {
        "schedule_slug": "primary",
        "schedule_name": "Primary",
        "responder": "Alice",
        "until": NOON + timedelta(hours=5),
        "next_responder": "Bob",
        "is_reachable": True,
    }
    return OnCallRow(**{**row, **changes})


def overdue(text: str = "A page to Bob has failed", since: datetime | None = None) -> OverdueRow:
    return OverdueRow(text=text, since=since or NOON - timedelta(minutes=2), kind="page", pk=1)


def paging(pending: int = 0, failed: int = 0) -> PagingFigures:
    return PagingFigures(
        open_by_severity={}, pages_pending=pending, pages_failed=failed, oldest_wait=None
    )


def objective(**changes: Any) -> ObjectiveStatus:
    row: dict[str, Any] = {
        "pk": 1,
        "slug": "checkout-availability",
        "name": "Checkout availability",
        "indicator_id": 1,
        "service_slug": "checkout",
        "service_name": "Checkout",
        "service_tier": 1,
        "target": Decimal("99.9"),
        "span": Span.ending(NOON, 43_200),
        "coverage": None,
        "remaining_raw": 0.31,
        "remaining": 0.31,
        "level": Level.NORMAL,
        "level_changed_at": NOON - timedelta(minutes=20),
        "burn_rates": {"1h": 14.4, "7d": None},
        "pairs": (),
        "consumed": Fraction(69, 100),
    }
    return ObjectiveStatus(**{**row, **changes})


NO_PAGES = paging()


@dataclass(frozen=True)
class Rooms:
    """What each selector answers; nothing, unless told."""

    open_incidents: tuple[IncidentRow, ...] = ()
    last_resolved: ResolvedRow | None = None
    on_call: tuple[OnCallRow, ...] = ()
    late: tuple[OverdueRow, ...] = ()
    late_plans: tuple[OverdueRow, ...] = ()
    paging: PagingFigures = NO_PAGES
    objectives: tuple[ObjectiveStatus, ...] = ()
