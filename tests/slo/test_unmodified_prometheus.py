"""A Prometheus as it is packaged sends to the portal, and is read from, as the document says."""

from pathlib import Path

import pytest
import yaml
from pytest_django.live_server_helper import LiveServer

from portal.shared import clock
from portal.shared.services import issue_api_token
from slo import services
from slo.models import Bucket, Indicator, MetricSource, SeriesState
from tests.architecture.source import ROOT
from tests.cast import Cast
from tests.docs.examples import examples_in
from tests.factories.slo import MetricSourceFactory
from tests.faults.processes import wait_for
from tests.slo.prometheus import MISSING, PROMETHEUS, Target, prometheus, serving

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(PROMETHEUS is None, reason=MISSING),
]
DOCUMENT = "docs/slo-ingestion.md"


def documented() -> dict[str, object]:
    """The remote_write section of prometheus.yml as it is written for operators."""
    text = (ROOT / DOCUMENT).read_text(encoding="utf-8")
    found = [e.text for e in examples_in(text, DOCUMENT) if e.text.startswith("remote_write:")]
    document: dict[str, object] = yaml.safe_load(found[0])
    return document


def configuration(target_port: int, portal: str, token: str) -> str:
    written = yaml.safe_dump(documented()).replace("https://portal.example.com", portal)
    jobs = [
        {
            "job_name": "shop",
            "static_configs": [{"targets": [f"127.0.0.1:{target_port}"]}],
        }
    ]
    scraping = {"global": {"scrape_interval": "1s"}, "scrape_configs": jobs}
    return yaml.safe_dump(scraping) + written.replace("PORTAL_TOKEN", token)


def counted(indicator: Indicator) -> tuple[int, int] | None:
    latest = Bucket.objects.filter(indicator=indicator).order_by("minute").last()
    return (latest.cumulative_good, latest.cumulative_total) if latest else None


def source(**given: str) -> MetricSource:
    made: MetricSource = MetricSourceFactory.create(
        total='http_requests_total{job="shop"}',
        good='http_requests_total{job="shop",code!~"5.."}',
        **given,
    )
    return made


def test_sends_and_is_read_from(live_server: LiveServer, cast: Cast, tmp_path: Path) -> None:
    token = issue_api_token(username=cast.alice.username, expires_in=None)
    target, sent = Target(), source()
    with (
        serving(target) as port,
        prometheus(tmp_path, configuration(port, live_server.url, token)) as (address, _pid),
    ):
        read = source(pull_url=address)
        wait_for("the first samples", lambda: SeriesState.objects.filter(source=sent).count() == 3)
        services.pull_metrics(at=clock.now())

        target.counts = {"200": 90, "500": 7}
        wait_for("what was sent", lambda: counted(sent.indicator) == (90, 97))

        def is_read() -> bool:
            services.pull_metrics(at=clock.now())
            return counted(read.indicator) == (90, 97)

        wait_for("what was read", is_read)
    assert MetricSource.objects.exclude(last_error="").count() == 0
