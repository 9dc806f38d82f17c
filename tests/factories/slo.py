from datetime import UTC, datetime, timedelta
from decimal import Decimal

from factory.declarations import LazyAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from slo.models import (
    BurnWindow,
    Correction,
    Forecast,
    Indicator,
    MetricSource,
    Objective,
    Occasion,
)
from tests.factories.catalog import ServiceFactory


class IndicatorFactory(DjangoModelFactory[Indicator]):
    class Meta:
        model = Indicator

    slug = Sequence(lambda n: f"indicator-{n}")
    name = Sequence(lambda n: f"Indicator {n}")
    service = SubFactory(ServiceFactory)
    kind = Indicator.Kind.AVAILABILITY


class ObjectiveFactory(DjangoModelFactory[Objective]):
    """Without burn windows: a test says which it is about."""

    class Meta:
        model = Objective

    slug = Sequence(lambda n: f"objective-{n}")
    name = Sequence(lambda n: f"Objective {n}")
    indicator = SubFactory(IndicatorFactory)
    target = Decimal("99.9")


class BurnWindowFactory(DjangoModelFactory[BurnWindow]):
    class Meta:
        model = BurnWindow

    objective = SubFactory(ObjectiveFactory)
    long_minutes = 60
    short_minutes = 5
    consumption = Decimal("0.02")
    level = BurnWindow.Level.CRITICAL


class CorrectionFactory(DjangoModelFactory[Correction]):
    """Of an objective; an hour from noon."""

    class Meta:
        model = Correction

    objective = SubFactory(ObjectiveFactory)
    reason = "Maintenance"
    starts_at = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    duration_minutes = 60
    entered_at = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class OccasionFactory(DjangoModelFactory[Occasion]):
    """An incident that goes on."""

    class Meta:
        model = Occasion

    kind = Occasion.Kind.INCIDENT
    reference = Sequence(lambda n: f"INC-{n}")
    title = Sequence(lambda n: f"Incident {n}")
    service = SubFactory(ServiceFactory)
    starts_at = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class MetricSourceFactory(DjangoModelFactory[MetricSource]):
    class Meta:
        model = MetricSource

    indicator = SubFactory(IndicatorFactory, kind=Indicator.Kind.COUNTS)
    total = "requests_total"


class ForecastFactory(DjangoModelFactory[Forecast]):
    """Half a budget, and a quarter more within a day."""

    class Meta:
        model = Forecast

    objective = SubFactory(ObjectiveFactory)
    made_at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    horizon_hours = 24
    due_at = LazyAttribute(lambda o: o.made_at + timedelta(hours=o.horizon_hours))
    depletion_chance = 0.25
    consumed = 0.5
    median = 0.75
    low = 0.5
    high = 1.1
