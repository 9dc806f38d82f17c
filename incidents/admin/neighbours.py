"""What other domains have to say of an incident's services."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from incidents.models import Incident
from portal.shared.panels import Panel, PanelRequest, panels_for

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DrawnPanel:
    title: str
    address: str
    body: SafeString | str


def drawn_panels(incident: Incident, *, at: datetime) -> list[DrawnPanel]:
    """This will draw every panel from the opening until the resolution, or until now.

    A panel that fails must not take the incident room along: it is when much is broken that
    the room is needed. The room says so, and the log has the reason.
    """
    about = PanelRequest(
        service_slugs=tuple(service.slug for service in incident.services.all()),
        starts_at=incident.opened_at,
        at=incident.resolved_at or at,
    )
    try:
        return [_drawn(panel) for panel in panels_for(about)]
    except Exception:
        log.exception("panel_failed", incident=incident.reference)
        sorry = gettext("A panel of another part of the portal failed; the log has the reason.")
        return [DrawnPanel(title=gettext("Not shown"), address="", body=sorry)]


def _drawn(panel: Panel) -> DrawnPanel:
    body = render_to_string(panel.template, dict(panel.context))
    return DrawnPanel(title=panel.title, address=panel.address, body=body)
