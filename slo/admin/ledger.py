"""The page of what one objective's budget was spent on: a table that sums before one's eyes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.admin.sites import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.shared import clock
from slo import selectors
from slo.admin.objective_page import minutes_address, row_number
from slo.models import Objective
from slo.rules.ledger import Cause, is_taken_out
from slo.rules.request_validation import moment
from slo.selectors import LedgerLine

CAUSES = {
    Cause.MAINTENANCE: (_("maintenance"), "quiet"),
    Cause.INCIDENT: (_("incident"), "critical"),
    Cause.CHANGE: (_("change"), "medium"),
    Cause.UNATTRIBUTED: (_("unattributed"), "low"),
}


def ledger_page(site: AdminSite, may_view: Callable[[HttpRequest, Objective], bool]) -> Any:
    """This will make the view of an objective's ledger, now or at a past moment (`?at=`)."""

    def view(request: HttpRequest, object_id: str) -> HttpResponse:
        objective = selectors.all_objectives().filter(pk=row_number(object_id)).first()
        if objective is None:
            raise Http404
        if not may_view(request, objective):
            raise PermissionDenied
        now = clock.now()
        at = min(moment(request.GET.get("at")) or now, now)
        context = {**site.each_context(request), **_ledger(objective, at=at)}
        return TemplateResponse(request, "slo/ledger.html", context)

    return view


def _ledger(objective: Objective, *, at: datetime) -> dict[str, Any]:
    ledger = selectors.ledger(objective, at=at)
    return {
        "title": objective.name,
        "opts": Objective._meta,
        "objective": objective,
        "objective_address": reverse("admin:slo_objective_change", args=[objective.pk]),
        "corrections_address": reverse("admin:slo_correction_changelist"),
        "at": at,
        "ledger": ledger,
        "rows": [_row(objective, line) for line in ledger.lines],
        "sum_share": float(sum(line.entry.share for line in ledger.lines)),
        "sum_share_raw": float(sum(line.entry.share_raw for line in ledger.lines)),
    }


def _row(objective: Objective, line: LedgerLine) -> dict[str, Any]:
    word, tone = CAUSES[line.entry.key.cause]
    return {
        "line": line,
        "word": word,
        "tone": tone,
        "share": float(line.entry.share),
        "share_raw": float(line.entry.share_raw),
        "is_taken_out": is_taken_out(line.entry.key),
        "address": minutes_address(objective, line.since) if line.since else "",
    }
