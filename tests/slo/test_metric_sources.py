"""Sources are checked when they are saved, and shown with what was refused."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from portal.shared import metrics
from slo import services, tasks
from slo.errors import MetricSourceRefused
from slo.models import Indicator, MetricSource, Refusal, SeriesState
from tests.factories.slo import IndicatorFactory, MetricSourceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def indicator() -> Indicator:
    return IndicatorFactory.create(kind=Indicator.Kind.COUNTS)


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"total": "rate(m[5m])", "bad": "b"}, "/total"),
        ({"total": "m", "good": 'm{a=~"("}'}, "/good"),
        ({"total": "m"}, "/"),
        ({"total": "m", "good": "m", "bad": "m"}, "/"),
        ({"total": "m", "bad": "b", "pull_url": "ftp://prom"}, "/pull_url"),
        ({"total": "m", "bad": "b", "pull_url": "http://user:secret@prom"}, "/pull_url"),
        ({"total": "m", "bad": "b", "pull_url": "http://prom:x"}, "/pull_url"),
        ({"total": "m", "bad": "b", "pull_url": "http://prom/?a=1"}, "/pull_url"),
    ],
)
def test_refuses_what_cannot_be_counted(
    indicator: Indicator, given: dict[str, str], pointer: str
) -> None:
    with pytest.raises(MetricSourceRefused) as refused:
        services.create_metric_source(indicator=indicator, **given)

    assert [error.field for error in refused.value.fields] == [pointer]
    assert not MetricSource.objects.exists()


@pytest.mark.parametrize("kind", [Indicator.Kind.COMPOSITE, Indicator.Kind.SLICES])
def test_what_the_portal_computes_has_no_source(kind: str) -> None:
    with pytest.raises(MetricSourceRefused):
        services.create_metric_source(
            indicator=IndicatorFactory.create(kind=kind), total="m", bad="b"
        )


def test_the_form_says_where_a_selector_is_wrong(
    alice_browser: Client, indicator: Indicator
) -> None:
    page = alice_browser.post(
        "/admin/slo/metricsource/add/",
        {"indicator": indicator.pk, "total": "m{a=b}", "bad": "b", "good": "", "pull_url": ""},
    )

    assert "at character 5" in page.content.decode()


def test_the_form_stores_a_source(alice_browser: Client, indicator: Indicator) -> None:
    alice_browser.post(
        "/admin/slo/metricsource/add/",
        {"indicator": indicator.pk, "total": "m", "bad": "b", "good": "", "pull_url": ""},
    )

    source = MetricSource.objects.get()
    page = alice_browser.get(f"/admin/slo/metricsource/{source.pk}/change/")
    assert "last_error" not in page.context["adminform"].form.fields


@pytest.mark.parametrize("model", ["metricsource", "seriesstate", "refusal"])
def test_pages_show_sources_series_and_refusals(
    alice_browser: Client, at: datetime, model: str
) -> None:
    source = MetricSourceFactory.create(total="shown_total", bad="b", last_error="shown error")
    SeriesState.objects.create(
        source=source, key="k", role="total", labels={"job": "shown"}, last_value=7, last_at=at
    )
    Refusal.objects.create(
        channel="otlp", reason="negative", subject="shown_metric", count=3, last_at=at
    )

    page = alice_browser.get(f"/admin/slo/{model}/")

    assert page.status_code == 200
    assert "shown" in page.content.decode()


def test_what_was_refused_is_a_metric(at: datetime) -> None:
    for subject in ("a", "b"):
        Refusal.objects.create(
            channel="otlp", reason="negative", subject=subject, count=3, last_at=at
        )

    line = 'portal_slo_refused_samples{channel="otlp",reason="negative"} 6.0'
    assert line in metrics.exposition().decode()


def test_forgets_series_that_ended_long_ago(at: datetime) -> None:
    source = MetricSourceFactory.create(total="m", bad="b")
    for days in (89, 91):
        last = at - timedelta(days=days)
        SeriesState.objects.create(
            source=source, key=str(days), role="total", labels={}, last_value=7, last_at=last
        )

    assert services.forget_series(at=at) == 1
    assert SeriesState.objects.get().key == "89"


def test_sweeps_run_when_there_is_nothing() -> None:
    tasks.pull_metrics()
    tasks.settle_unmatched()
    tasks.forget_series()
