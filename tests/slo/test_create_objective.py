"""What may be promised, and with which burn windows."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from slo import services
from slo.errors import ObjectiveRefused
from slo.models import Bucket, Indicator, Objective
from slo.rules.alert_level import Level, WindowPair
from slo.rules.request_outcome import Kind
from slo.rules.window import RollingWindow
from tests.factories.catalog import ServiceFactory
from tests.factories.slo import BurnWindowFactory, IndicatorFactory, ObjectiveFactory

pytestmark = pytest.mark.django_db


def create(**changed: Any) -> Objective:
    usual = {"slug": "shop", "name": "Shop", "target": Decimal("99.9")}
    return services.create_objective(**{**usual, "indicator": IndicatorFactory.create(), **changed})


def levels(objective: Objective) -> list[str]:
    return [window.level for window in objective.burn_windows.all()]


def test_gives_the_default_windows() -> None:
    objective = create()

    assert levels(objective) == ["critical", "high", "medium", "low"]
    factors = [float(w.factor_for(objective)) for w in objective.burn_windows.all()]
    assert factors == pytest.approx([14.4, 6, 3, 1.0714], rel=1e-4)


def test_leaves_out_windows_longer_than_the_objectives() -> None:
    assert levels(create(window=RollingWindow(3))) == ["critical", "high", "medium"]


def test_leaves_out_windows_that_could_never_fire() -> None:
    assert levels(create(target=Decimal(90))) == ["high", "medium", "low"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"target": Decimal(100)}, "/target"),
        ({"target": Decimal(0)}, "/target"),
        ({"target": Decimal("99.99999")}, "/target"),
        ({"target": None}, "/target"),
        ({"window": RollingWindow(0)}, "/window_days"),
        ({"window": RollingWindow(91)}, "/window_days"),
        ({"slug": "Not a slug"}, "/slug"),
        ({"name": ""}, "/name"),
    ],
)
def test_refuses(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(ObjectiveRefused) as refusal:
        create(**changed)

    assert field in [error.field for error in refusal.value.fields]
    assert not Objective.objects.exists()


def test_refuses_a_given_window_that_could_never_fire_and_stores_nothing() -> None:
    pair = WindowPair(60, 5, Decimal("0.02"), Level.CRITICAL)

    with pytest.raises(ObjectiveRefused, match=r"total outage burns at 10\.00") as refusal:
        create(target=Decimal(90), burn_windows=[pair])

    assert [error.field for error in refusal.value.fields] == ["/consumption"]
    assert not Objective.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"short_minutes": 60}, "/"),
        ({"short_minutes": 0}, "/short_minutes"),
        ({"consumption": Decimal("1.5")}, "/consumption"),
        ({"consumption": Decimal(0)}, "/consumption"),
        ({"long_minutes": 43_201}, "/long_minutes"),
        ({"level": Level.NORMAL}, "/level"),
    ],
)
def test_refuses_a_window(changed: dict[str, Any], field: str) -> None:
    pair = {"long_minutes": 60, "short_minutes": 5, "consumption": Decimal("0.02")}
    window = {**pair, "level": Level.CRITICAL, **changed}

    with pytest.raises(ObjectiveRefused) as refusal:
        services.add_burn_window(objective=ObjectiveFactory.create(), **window)

    assert field in [error.field for error in refusal.value.fields]


def test_a_looser_target_that_strands_a_window_is_refused() -> None:
    objective = BurnWindowFactory.create().objective
    objective.target = Decimal(90)

    with pytest.raises(ValidationError, match="could never fire"):
        objective.full_clean()


@pytest.mark.parametrize(
    ("kind", "threshold"), [(Kind.LATENCY, None), (Kind.LATENCY, 0), (Kind.AVAILABILITY, 500)]
)
def test_a_threshold_is_for_latency_only(kind: Kind, threshold: int | None) -> None:
    service = ServiceFactory.create()

    with pytest.raises(ObjectiveRefused):
        services.create_indicator(
            slug="shop", name="Shop", service=service, kind=kind, latency_threshold_ms=threshold
        )

    with pytest.raises(IntegrityError), transaction.atomic():
        Indicator.objects.create(
            slug="shop", service=service, kind=kind, latency_threshold_ms=threshold
        )


def test_the_database_refuses_more_good_than_all() -> None:
    indicator = IndicatorFactory.create()

    with pytest.raises(IntegrityError), transaction.atomic():
        Bucket.objects.create(
            indicator=indicator,
            minute="2026-03-02T12:00Z",
            good=2,
            total=1,
            cumulative_good=2,
            cumulative_total=2,
        )
