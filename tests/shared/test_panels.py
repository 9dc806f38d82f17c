"""Facts of one room on a page of another."""

from datetime import datetime

import pytest
from django.template.loader import render_to_string

from catalog.models import Service
from portal.shared import panels
from portal.shared.panels import Panel, PanelRequest
from portal.shared.registry import Registry

pytestmark = pytest.mark.django_db

TEMPLATE = "shared/verb_bar.html"
VERBS = {"verbs": [{"url": "/redrive"}]}


def about(at: datetime) -> PanelRequest:
    return PanelRequest(service_slugs=("a",), starts_at=at, at=at)


def drawn(at: datetime) -> str:
    return render_to_string("shared/panels.html", {"panels": panels.panels_for(about(at)), **VERBS})


@pytest.fixture(autouse=True)
def only_these_panels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "_panels", Registry("panel"))


def test_shows_what_each_room_has_to_say_in_the_order_of_their_names(at: datetime) -> None:
    panels.register_panel("slo.burn", lambda _asked: Panel("Burn", TEMPLATE))
    panels.register_panel("recovery.plan", lambda _asked: Panel("Plan", TEMPLATE))
    panels.register_panel("governance.api", lambda _asked: None)

    shown = panels.panels_for(about(at))

    assert [panel.title for panel in shown] == ["Plan", "Burn"]


def test_draws_a_panel_with_its_own_context_only(at: datetime) -> None:
    panels.register_panel("a", lambda _asked: Panel("Own", TEMPLATE, VERBS, address="/own"))
    panels.register_panel("b", lambda _asked: Panel("<Other>", TEMPLATE))

    page = drawn(at)

    assert page.count('href="/redrive"') == 1
    assert '<a href="/own">Own</a>' in page
    assert "&lt;Other&gt;" in page


def test_says_that_a_panel_failed_and_draws_the_others(at: datetime) -> None:
    def broken(_asked: PanelRequest) -> Panel:
        Service.objects.create(slug="a", name="A")
        Service.objects.create(slug="a", name="A again")
        raise AssertionError("the database refuses the second before this")

    panels.register_panel("a.broken", broken)
    panels.register_panel("b.whole", lambda _asked: Panel("Whole", TEMPLATE, VERBS))

    page = drawn(at)

    assert "a.broken" in page
    assert "This part of the portal failed" in page
    assert 'href="/redrive"' in page
    assert not Service.objects.exists()
