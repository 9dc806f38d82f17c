"""The page behind a page's link: read on a phone, at night, without signing in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from incidents import services
from incidents.errors import LinkRefused
from incidents.models import Incident, Page
from portal.shared import clock
from portal.shared.durations import in_words
from portal.shared.errors import DomainError

TONES = {"SEV1": "critical", "SEV2": "high", "SEV3": "medium", "SEV4": "low"}


# The token is the whole authority and no cookie adds to it; and a browser inside a chat
# application that keeps no cookies must be able to acknowledge at night.
@method_decorator([never_cache, csrf_exempt], name="dispatch")
class AcknowledgeByLink(View):
    """GET shows and changes nothing: link scanners follow every link. POST acknowledges."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            page = services.page_of_link(token)
        except LinkRefused as error:
            return _refused(request, error)
        return render(request, "incidents/acknowledge.html", _shown(page))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            services.acknowledge_by_link(token=token, at=clock.now())
        except LinkRefused as error:
            return _refused(request, error)
        except DomainError as error:
            # Somebody was faster, or it is over: the page says so by itself.
            status = error.status
        else:
            status = 200
        page = services.page_of_link(token)
        return render(request, "incidents/acknowledge.html", _shown(page), status=status)


def _shown(page: Page) -> dict[str, Any]:
    incident = page.incident
    return {
        "incident": incident,
        "page": page,
        "tone": TONES[incident.severity],
        "age": in_words(clock.now() - incident.opened_at),
        "services": [service.name for service in incident.services.all()],
        "others": _others_paged(page),
        "is_mine": incident.acknowledged_by == page.responder.get_username(),
        "can_acknowledge": incident.status == Incident.Status.TRIGGERED,
    }


def _others_paged(page: Page) -> list[str]:
    others = page.incident.pages.exclude(responder=page.responder).select_related("responder")
    return sorted({other.responder.get_full_name() or str(other.responder) for other in others})


def _refused(request: HttpRequest, error: LinkRefused) -> HttpResponse:
    context = {"title": _("This link does not work"), "detail": str(error)}
    return render(request, "incidents/acknowledge_refused.html", context, status=error.status)
