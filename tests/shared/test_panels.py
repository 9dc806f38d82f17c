"""Facts of one room on a page of another."""

from datetime import datetime

import pytest
from django.template.loader import render_to_string

from portal.shared import panels
from portal.shared.panels import Panel, PanelRequest
from portal.shared.registry import Registry

VERBS = {"verbs": [{"url": "/redrive"}]}


@pytest.fixture(autouse=True)
def only_these_panels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "_panels", Registry("panel"))


def test_shows_what_each_room_has_to_say_in_the_order_of_their_names(at: datetime) -> None:
    panels.register_panel("slo.burn", lambda _asked: Panel("Burn", "x.html"))
    panels.register_panel("recovery.plan", lambda _asked: Panel("Plan", "x.html"))
    panels.register_panel("governance.api", lambda _asked: None)

    shown = panels.panels_for(PanelRequest(service_slugs=("a",), starts_at=at, at=at))

    assert [panel.title for panel in shown] == ["Plan", "Burn"]


def test_renders_a_panel_with_its_own_context_only() -> None:
    own = Panel("Own", "shared/verb_bar.html", VERBS, address="/own")
    other = Panel("<Other>", "shared/verb_bar.html")

    page = render_to_string("shared/panels.html", {"panels": [own, other], **VERBS})

    assert page.count('href="/redrive"') == 1
    assert '<a href="/own">Own</a>' in page
    assert "&lt;Other&gt;" in page
