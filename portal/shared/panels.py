"""Facts of one domain on a page of another, without either importing the other.

A domain registers a panel from its AppConfig.ready(); a page asks `panels_for(...)` and
shows them with `{% include "shared/panels.html" %}`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from portal.shared.registry import Registry


@dataclass(frozen=True, slots=True)
class PanelRequest:
    """What a page is about: these services, from `starts_at` until `at`."""

    service_slugs: tuple[str, ...]
    starts_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class Panel:
    """`template` is rendered with `context`; `title` is above it."""

    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    address: str = ""

    @property
    def content(self) -> SafeString:
        """The template with its own context, and with nothing else of the page."""
        return render_to_string(self.template, dict(self.context))


PanelSource = Callable[[PanelRequest], Panel | None]

_panels: Registry[PanelSource] = Registry("panel")


def register_panel(name: str, source: PanelSource) -> None:
    """This will show the panel on every page about services; None shows nothing.

    `name` begins with the domain, for example `slo.burn`; panels appear in its order.
    """
    _panels.register(name, source)


def panels_for(request: PanelRequest) -> list[Panel]:
    shown = (source(request) for _name, source in _panels)
    return [panel for panel in shown if panel is not None]
