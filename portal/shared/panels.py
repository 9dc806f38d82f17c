"""Facts of one domain on a page of another, without either importing the other.

A domain registers a panel from its AppConfig.ready(); a page asks `panels_for(...)` and
shows them with `{% include "shared/panels.html" %}`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from portal.shared.registry import Registry

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PanelRequest:
    """What a page is about: these services, from `starts_at` until `at`."""

    service_slugs: tuple[str, ...]
    starts_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class Panel:
    """`template` is rendered with `context` and nothing else; `title` is above it."""

    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    address: str = ""


@dataclass(frozen=True, slots=True)
class DrawnPanel:
    title: str
    content: SafeString | str
    address: str = ""


PanelSource = Callable[[PanelRequest], Panel | None]

_panels: Registry[PanelSource] = Registry("panel")


def register_panel(name: str, source: PanelSource) -> None:
    """This will show the panel on every page about services; None shows nothing.

    `name` begins with the domain, for example `slo.burn`; panels appear in its order.
    """
    _panels.register(name, source)


def panels_for(request: PanelRequest) -> list[DrawnPanel]:
    """This will draw every panel that has something to say.

    One that fails says so in its place, and the log has the reason: a page is needed most
    when much is broken.
    """
    drawn = (_drawn(name, source, request) for name, source in _panels)
    return [panel for panel in drawn if panel is not None]


def _drawn(name: str, source: PanelSource, request: PanelRequest) -> DrawnPanel | None:
    try:
        # A savepoint: what fails inside must not take the page's transaction along.
        with transaction.atomic():
            panel = source(request)
            if panel is None:
                return None
            content = render_to_string(panel.template, dict(panel.context))
    except Exception:
        log.exception("panel_failed", panel=name)
        sorry = gettext("This part of the portal failed; the log has the reason.")
        return DrawnPanel(title=name, content=sorry)
    return DrawnPanel(title=panel.title, content=content, address=panel.address)
