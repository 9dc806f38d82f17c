"""What a fresh portal promises: three promises of its own."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.contrib.auth.models import User

from catalog.models import Service
from slo import selectors
from slo.models import Indicator, Objective
from slo.rules.request_outcome import Kind
from slo.services.objectives import create_indicator, create_objective

OWN_NAME = "Operations portal"


@dataclass(frozen=True, slots=True)
class Promise:
    kind: Kind
    name: str
    target: Decimal
    latency_threshold_ms: int | None = None

    @property
    def suffix(self) -> str:
        return self.kind.value.replace("_", "-")


AVAILABILITY = Promise(Kind.AVAILABILITY, "availability", Decimal("99.9"))
LATENCY = Promise(Kind.LATENCY, "latency under 500 ms", Decimal(99), latency_threshold_ms=500)
ERROR_RATE = Promise(Kind.ERROR_RATE, "error rate", Decimal("99.9"))


def sow_defaults(at: datetime, operator: User | None) -> list[str]:
    service, _made = Service.objects.get_or_create(
        slug=settings.SLO_OWN_SERVICE, defaults={"name": OWN_NAME}
    )
    made = [make_promise(service, promise) for promise in (AVAILABILITY, LATENCY, ERROR_RATE)]
    return [f"Objective {objective.name}." for objective in made if objective]


def make_promise(service: Service, promise: Promise) -> Objective | None:
    """This will promise it, or return None when the service already has it or its name."""
    slug = f"{service.slug}-{promise.suffix}"
    if Indicator.objects.filter(slug=slug).exists() or selectors.find_objective(slug):
        return None
    name = f"{service.name}: {promise.name}"
    indicator = create_indicator(
        slug=slug,
        name=name,
        service=service,
        kind=promise.kind,
        latency_threshold_ms=promise.latency_threshold_ms,
    )
    return create_objective(slug=slug, name=name, indicator=indicator, target=promise.target)
