"""How promises appear on the pages of other domains, and in /metrics."""

from datetime import datetime, timedelta

import pytest
from django.template.loader import render_to_string

from portal.shared import metrics
from portal.shared.panels import PanelRequest, panels_for
from slo.models import LogCursor
from slo.panels import burn_panel
from tests.factories.slo import BurnWindowFactory, ObjectiveFactory
from tests.slo.traffic import serve

pytestmark = pytest.mark.django_db


def request(*services: str, at: datetime) -> PanelRequest:
    return PanelRequest(service_slugs=services, starts_at=at - timedelta(minutes=40), at=at)


def test_shows_the_objectives_of_the_services(at: datetime) -> None:
    objective = BurnWindowFactory.create(objective__name="Shop <answers>").objective
    serve(objective.indicator, at=at, good=1000, bad=0, minutes_ago=300)
    serve(objective.indicator, at=at, good=0, bad=10)
    ObjectiveFactory.create(name="Another service's")

    panel = burn_panel(request(objective.indicator.service.slug, at=at))

    assert panel is not None
    text = render_to_string(panel.template, dict(panel.context))
    assert "Shop &lt;answers&gt;" in text
    assert '<span class="op-badge op-critical">critical</span>' in text
    assert 'class="op-span"' in text
    assert "Another" not in text


def test_shows_nothing_for_services_without_objectives(at: datetime) -> None:
    assert burn_panel(request("nobody", at=at)) is None


def test_is_registered(at: datetime) -> None:
    objective = ObjectiveFactory.create()

    panels = panels_for(request(objective.indicator.service.slug, at=at))

    assert any(objective.name in panel.content for panel in panels)


def test_metrics_count_objectives_and_malformed_lines() -> None:
    objective = ObjectiveFactory.create(level="high")
    ObjectiveFactory.create(is_active=False, level="high")
    service = objective.indicator.service
    LogCursor.objects.create(service=service, path="/a", line_count=3, malformed_count=2)

    text = metrics.exposition().decode()

    assert 'portal_slo_objectives{level="high"} 1.0' in text
    assert 'portal_slo_objectives{level="low"} 0.0' in text
    lines = f'portal_slo_access_log_malformed_lines{{service="{service.slug}"}} 2.0'
    assert lines in text
