"""Taking in documents of others: wholly, or not at all and with every reason."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from catalog.models import Service
from portal.shared.errors import DomainError
from slo import selectors, services
from slo.errors import DefinitionsRefused
from slo.models import BurnWindow, Indicator, MetricSource, Objective
from slo.rules.burn_rate import Counts
from slo.rules.composite import Blend
from slo.services import Imported
from tests.factories.catalog import ServiceFactory
from tests.slo.documents import OPENSLO, PYRRA, SLOTH

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop() -> Service:
    return ServiceFactory.create(slug="shop", name="Shop")


@pytest.fixture
def take_in(at: datetime) -> Any:
    def take_in(text: str, **options: Any) -> Imported:
        return services.import_objectives(text=text, at=at, acting_user=None, **options)

    return take_in


def refused(take_in: Any, text: str, **options: Any) -> dict[str, str]:
    with pytest.raises(DefinitionsRefused) as refusal:
        take_in(text, **options)
    return {error.field: error.detail for error in refusal.value.fields}


def test_stores_what_an_openslo_document_promises(take_in: Any) -> None:
    imported = take_in(OPENSLO)

    objective = Objective.objects.get(slug="shop-requests")
    assert imported.created == ("shop-requests",)
    assert (objective.target, objective.window_days) == (Decimal("99.95"), 30)
    source = MetricSource.objects.get(indicator=objective.indicator)
    assert source.total == 'http_requests_total{job="shop"}'
    assert source.good == 'http_requests_total{job="shop",code!~"5.."}'
    assert objective.indicator.report_minutes == 1
    pair = objective.burn_windows.get().pair
    assert (pair.long_minutes, pair.short_minutes, pair.level) == (60, 5, "critical")
    assert pair.consumption == Decimal("0.02")


def test_stores_several_objectives_of_sloth_with_its_alerts(take_in: Any) -> None:
    take_in(SLOTH)

    assert list(Objective.objects.values_list("slug", flat=True).order_by("slug")) == [
        "shop-latency",
        "shop-requests",
    ]
    levels = BurnWindow.objects.filter(objective__slug="shop-requests")
    assert list(levels.values_list("long_minutes", "level")) == [
        (60, "critical"), (360, "high"), (1440, "medium"), (4320, "low"),
    ]  # fmt: skip
    latency = MetricSource.objects.get(indicator__slug="shop-latency")
    assert (latency.good, latency.bad) == ('h_bucket{le="0.4"}', "")


def test_gives_pyrras_objectives_the_default_alerts(take_in: Any) -> None:
    take_in(PYRRA, default_service="shop")

    objective = Objective.objects.get(slug="shop-errors")
    assert objective.window_days == 28
    assert objective.burn_windows.count() == 4


def test_changes_nothing_the_second_time(take_in: Any) -> None:
    take_in(OPENSLO)

    again = take_in(OPENSLO)

    assert (again.created, again.changed, again.unchanged) == ((), (), ("shop-requests",))
    assert (again.indicators_created, again.indicators_changed) == ((), ())


def test_changes_what_may_change(take_in: Any) -> None:
    take_in(OPENSLO)
    Objective.objects.update(level="high")

    other = OPENSLO.replace("99.95", "99.5").replace("severity: page", "severity: ticket")
    imported = take_in(other.replace("30d", "28d").replace("14.4", "13.44"))

    objective = Objective.objects.get()
    assert imported.changed == ("shop-requests",)
    assert (objective.target, objective.window_days) == (Decimal("99.5"), 28)
    assert objective.burn_windows.get().level == "medium"
    assert objective.level == "high"


def test_changes_what_is_counted_only_while_nothing_is_counted(take_in: Any, at: datetime) -> None:
    take_in(OPENSLO)
    other = OPENSLO.replace('code!~"5.."', 'code!~"5..|429"')

    assert take_in(other).indicators_changed == ("shop-requests",)

    indicator = Indicator.objects.get()
    services.add_counts(counts={(indicator.pk, at): Counts(9, 10)})
    problems = refused(take_in, OPENSLO)
    assert "has counted already" in problems["/0"]
    assert "429" in MetricSource.objects.get().good


def test_says_what_a_dry_run_would_do_and_does_nothing(take_in: Any) -> None:
    told = take_in(OPENSLO, is_dry_run=True)

    assert told.is_dry_run
    assert told.created == ("shop-requests",)
    assert not Objective.objects.exists()
    assert not Indicator.objects.exists()


def test_stores_nothing_of_a_document_with_one_mistake(take_in: Any) -> None:
    mixed = f"{OPENSLO}\n---\n{SLOTH.replace('objective: 99.9', 'objective: 100')}"

    problems = refused(take_in, mixed)

    assert "no error budget" in problems["/3/slos/0/objective"]
    assert not Indicator.objects.exists()


def test_names_every_place_of_a_service_that_the_catalog_lacks(take_in: Any) -> None:
    problems = refused(take_in, SLOTH.replace("service: shop", "service: nobody"))

    assert list(problems) == ["/service"]
    assert "no service 'nobody'" in problems["/service"]


def test_creates_services_if_asked(take_in: Any) -> None:
    imported = take_in(SLOTH.replace("service: shop", "service: nobody"), create_services=True)

    assert imported.services_created == ("nobody",)
    assert Service.objects.filter(slug="nobody").exists()


def test_stores_a_composite_and_its_components(take_in: Any) -> None:
    one = "    - target: 0.9995\n      indicatorRef: shop-requests\n      compositeWeight: 0.5\n"
    two = "    - target: 0.9995\n      indicatorRef: shop-logins\n      compositeWeight: 1.25\n"
    document = OPENSLO.replace("  indicatorRef: shop-requests\n", "")
    document = document.replace("    - targetPercent: 99.95\n", one + two)
    take_in(OPENSLO.replace("shop-requests", "shop-logins"))

    take_in(document)

    objective = Objective.objects.get(slug="shop-requests")
    members = objective.indicator.components.order_by("pk")
    assert [(m.member.slug, m.weight) for m in members] == [
        ("shop-requests", 2),
        ("shop-logins", 5),
    ]
    assert objective.indicator.blend == Blend.WEIGHTED_MEAN.value


def test_refuses_an_objective_about_something_else(take_in: Any) -> None:
    take_in(OPENSLO)
    other = OPENSLO.replace(
        "name: shop-requests\n  displayName: Req", "name: other\n  displayName: Req"
    )

    problems = refused(take_in, other.replace("indicatorRef: shop-requests", "indicatorRef: other"))

    assert "never changes" in problems["/2/spec"]


def test_refuses_an_alert_that_no_outage_could_set_off(take_in: Any) -> None:
    problems = refused(take_in, OPENSLO.replace("99.95", "90"))

    assert "even a total outage" in problems["/2/spec/alertPolicies"]
    assert not Objective.objects.exists()


@pytest.mark.parametrize("text", ["", "a: &x 1\nb: *x", "[" * 50, "- 1\n- 2", "{", "\x00"])
def test_refuses_what_is_no_such_document(take_in: Any, text: str) -> None:
    with pytest.raises(DomainError):
        take_in(text)


def test_exports_what_imports_as_the_same(take_in: Any) -> None:
    take_in(OPENSLO)
    take_in(SLOTH.replace("name: requests", "name: other"))

    again = take_in(selectors.openslo_text())

    assert again.unchanged == ("shop-latency", "shop-other", "shop-requests")
    assert (again.created, again.changed, again.indicators_changed) == ((), (), ())
    assert again.skipped == ()
