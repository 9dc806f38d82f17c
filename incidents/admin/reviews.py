from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents import services
from incidents.admin import tones
from incidents.admin.incidents import VIA, actor
from incidents.models import Review
from portal.shared import clock
from portal.shared.admin import PortalAdmin, Verb, badge
from portal.shared.templatetags.operations_time import duration


def _complete(request: HttpRequest, review: Review, _answers: dict[str, Any]) -> str:
    services.complete_review(
        review_id=review.pk, acting_user=actor(request), at=clock.now(), via=VIA
    )
    return gettext("The review is completed.")


def _shown(seconds: float | None) -> SafeString:
    return duration(None if seconds is None else timedelta(seconds=seconds))


@admin.register(Review)
class ReviewAdmin(PortalAdmin[Review]):
    list_display = (
        "incident",
        "severity_shown",
        "state_shown",
        "acknowledged_after",
        "resolved_after",
        "drafted_at",
    )
    list_filter = ("state", "incident__severity", "incident__services")
    list_select_related = ("incident",)
    search_fields = ("incident__title", "summary")
    date_hierarchy = "drafted_at"
    ordering = ("-id",)
    change_form_outer_before_template = "incidents/review_page.html"
    fields = (
        "incident",
        "state",
        "summary",
        "acknowledged_after",
        "resolved_after",
        "drafted_at",
        "completed_at",
        "completed_by",
    )
    verbs = (
        Verb(
            name="complete",
            label=_("Complete"),
            run=_complete,
            right="incidents.change_review",
            icon="task_alt",
            tone="primary",
            question=_("The summary can no longer be changed afterwards."),
            is_offered=lambda review: review.state == Review.State.DRAFT,
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Review | None = None) -> Any:
        return [name for name in self.fields if name != "summary"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Review | None = None) -> bool:
        if obj is not None and obj.state != Review.State.DRAFT:
            return False
        return bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Review | None = None) -> bool:
        return False

    def page_context(self, request: HttpRequest, subject: Review) -> dict[str, Any]:
        return {"review": subject}

    @admin.display(description=_("severity"), ordering="incident__severity")
    def severity_shown(self, review: Review) -> SafeString:
        return badge(review.incident.severity, tones.SEVERITY[review.incident.severity])

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, review: Review) -> SafeString:
        tone = "good" if review.state == Review.State.COMPLETED else "medium"
        return badge(review.get_state_display(), tone)

    @admin.display(description=_("acknowledged after"), ordering="seconds_to_acknowledge")
    def acknowledged_after(self, review: Review) -> str:
        return _shown(review.seconds_to_acknowledge) or gettext("never")

    @admin.display(description=_("resolved after"), ordering="seconds_to_resolve")
    def resolved_after(self, review: Review) -> str:
        return _shown(review.seconds_to_resolve)
