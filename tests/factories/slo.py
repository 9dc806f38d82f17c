from decimal import Decimal

from factory.declarations import Sequence, SubFactory
from factory.django import DjangoModelFactory

from slo.models import BurnWindow, Indicator, MetricSource, Objective
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


class MetricSourceFactory(DjangoModelFactory[MetricSource]):
    class Meta:
        model = MetricSource

    indicator = SubFactory(IndicatorFactory, kind=Indicator.Kind.COUNTS)
    total = "requests_total"
