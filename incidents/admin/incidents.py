from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from incidents import selectors, services
from incidents.admin import tones
from incidents.models import Incident
from portal.shared import clock
from portal.shared.admin import PortalAdmin, Verb, badge
from portal.shared.panels import PanelRequest, panels_for
from portal.shared.templatetags.operations_time import duration

VIA = "admin"
RIGHT = "incidents.change_incident"


def actor(request: HttpRequest) -> User:
    return cast("User", request.user)


class DeclareForm(forms.ModelForm[Incident]):
    """Severity is chosen, never preset: the first in the list would wake people by mistake."""

    severity = forms.ChoiceField(
        label=_("Severity"),
        choices=[("", _("Choose")), *Incident.Severity.choices],
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        model = Incident
        fields = ("title", "description", "severity", "services")


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Note"), max_length=10_000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4})
    )


class ResolveForm(forms.Form):
    note = forms.CharField(
        label=_("What ended it"),
        required=False,
        max_length=10_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )


def _acknowledge(request: HttpRequest, incident: Incident, _answers: dict[str, Any]) -> str:
    services.acknowledge_incident(
        incident_id=incident.pk, acting_user=actor(request), at=clock.now(), via=VIA
    )
    return gettext("You acknowledged %(incident)s; nobody else is paged for it.") % {
        "incident": incident.reference
    }


def _resolve(request: HttpRequest, incident: Incident, answers: dict[str, Any]) -> str:
    services.resolve_incident(
        incident_id=incident.pk,
        acting_user=actor(request),
        note=answers["note"],
        at=clock.now(),
        via=VIA,
    )
    return gettext("%(incident)s is resolved; its review is drafted.") % {
        "incident": incident.reference
    }


def _escalate(request: HttpRequest, incident: Incident, _answers: dict[str, Any]) -> str:
    step = services.escalate_now(
        incident_id=incident.pk, acting_user=actor(request), at=clock.now(), via=VIA
    )
    return gettext("Level %(level)s is being paged.") % {"level": step.position}


def _page_again(request: HttpRequest, incident: Incident, _answers: dict[str, Any]) -> str:
    count = services.page_again(
        incident_id=incident.pk, acting_user=actor(request), at=clock.now(), via=VIA
    )
    told = ngettext("%(count)s page is on its way.", "%(count)s pages are on their way.", count)
    return told % {"count": count}


def _add_note(request: HttpRequest, incident: Incident, answers: dict[str, Any]) -> str:
    services.add_note(
        incident_id=incident.pk,
        text=answers["text"],
        acting_user=actor(request),
        at=clock.now(),
        via=VIA,
    )
    return gettext("The note is on the timeline.")


@admin.register(Incident)
class IncidentAdmin(PortalAdmin[Incident]):
    """The incident room. An incident changes by its verbs only; adding one declares it."""

    list_display = (
        "reference_shown",
        "severity_shown",
        "title",
        "status_shown",
        "age_shown",
        "page_state_shown",
        "services_shown",
    )
    list_display_links = ("reference_shown", "title")
    list_filter = ("status", "severity", "services")
    search_fields = ("title", "description", "cause_key", "services__name", "services__slug")
    date_hierarchy = "opened_at"
    change_form_outer_before_template = "incidents/incident_room.html"
    declared_fields = ("title", "description", "severity", "services")
    form = DeclareForm
    verbs = (
        Verb(
            name="acknowledge",
            label=_("Acknowledge"),
            run=_acknowledge,
            right=RIGHT,
            icon="front_hand",
            tone="primary",
            question=_("You are on it, and nobody else is paged."),
            is_offered=lambda incident: incident.status == Incident.Status.TRIGGERED,
        ),
        Verb(
            name="resolve",
            label=_("Resolve"),
            run=_resolve,
            right=RIGHT,
            icon="check_circle",
            question=_("The incident is over. Its paging stops and its review is drafted."),
            form=ResolveForm,
            is_offered=lambda incident: incident.is_open,
        ),
        Verb(
            name="escalate",
            label=_("Escalate now"),
            run=_escalate,
            right=RIGHT,
            icon="escalator_warning",
            tone="danger",
            question=_("The next level is paged at once."),
            is_offered=lambda incident: incident.is_open,
        ),
        Verb(
            name="page-again",
            label=_("Page again"),
            run=_page_again,
            right=RIGHT,
            icon="notifications_active",
            question=_("Whoever was paged last is paged once more."),
            is_offered=lambda incident: incident.is_open,
        ),
        Verb(
            name="note",
            label=_("Add note"),
            run=_add_note,
            right=RIGHT,
            icon="edit_note",
            question=_("What did you find, decide or do?"),
            form=NoteForm,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Incident]:
        return selectors.all_incidents()

    def get_ordering(self, request: HttpRequest) -> Any:
        """Open ones first, then the newest."""
        is_over = Case(
            When(status=Incident.Status.RESOLVED, then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        )
        return [is_over.asc(), "-opened_at", "-id"]

    def get_fields(self, request: HttpRequest, obj: Incident | None = None) -> Any:
        if obj is None:
            return self.declared_fields
        # What the room says already is not said again below it.
        return (
            "cause_key",
            "escalation_policy",
            "opened_at",
            "acknowledged_at",
            "acknowledged_by",
            "resolved_at",
            "resolved_by",
            "incident_id",
        )

    def has_change_permission(self, request: HttpRequest, obj: Incident | None = None) -> bool:
        """The form changes nothing: verbs do, and each asks for its right."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Incident | None = None) -> bool:
        return False

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        declaring = {
            "title": gettext("Declare incident"),
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
        }
        context = {**declaring, **(extra_context or {})}
        return super().add_view(request, form_url, context)  # type: ignore[no-any-return]  # unfold

    def save_model(
        self, request: HttpRequest, obj: Incident, form: forms.ModelForm[Incident], change: bool
    ) -> None:
        affected = form.cleaned_data["services"].order_by("tier", "slug")
        incident = services.create_incident(
            obj.title,
            obj.description,
            obj.severity,
            actor(request).get_username(),
            [service.slug for service in affected],
            acting_user=actor(request),
            at=clock.now(),
            via=VIA,
        )
        obj.pk = incident.pk
        obj.refresh_from_db()

    def response_add(
        self, request: HttpRequest, obj: Incident, post_url_continue: str | None = None
    ) -> HttpResponse:
        self.message_user(
            request,
            gettext("%(incident)s is open.") % {"incident": obj.reference},
            messages.SUCCESS,
        )
        return HttpResponseRedirect(self.address_of(obj))

    def page_context(self, request: HttpRequest, subject: Incident) -> dict[str, Any]:
        at = clock.now()
        return {
            "at": at,
            "incident": subject,
            "services": self.services_shown(subject),
            "severity_badge": self.severity_shown(subject),
            "status_badge": self.status_shown(subject),
            "page_state": selectors.page_state(subject, at=at),
            "age": self.age_shown(subject),
            "ladder": selectors.ladder_of(subject),
            "timeline": list(subject.timeline.order_by("-at", "-id")),
            "panels": panels_for(_about(subject, at=at)),
        }

    @admin.display(description=_("reference"), ordering="id")
    def reference_shown(self, incident: Incident) -> str:
        return incident.reference

    @admin.display(description=_("severity"), ordering="severity")
    def severity_shown(self, incident: Incident) -> SafeString:
        return badge(incident.severity, tones.SEVERITY[incident.severity])

    @admin.display(description=_("status"), ordering="status")
    def status_shown(self, incident: Incident) -> SafeString:
        return badge(incident.get_status_display(), tones.STATUS[incident.status])

    @admin.display(description=_("age"), ordering="-opened_at")
    def age_shown(self, incident: Incident) -> SafeString:
        """How long it is open, or how long it was."""
        return duration((incident.resolved_at or clock.now()) - incident.opened_at)

    @admin.display(description=_("paging"))
    def page_state_shown(self, incident: Incident) -> str:
        return selectors.page_state(incident, at=clock.now())

    @admin.display(description=_("services"))
    def services_shown(self, incident: Incident) -> str:
        return ", ".join(sorted(service.name for service in incident.services.all()))


def _about(incident: Incident, *, at: datetime) -> PanelRequest:
    """From the opening until the resolution, or until now."""
    return PanelRequest(
        service_slugs=tuple(service.slug for service in incident.services.all()),
        starts_at=incident.opened_at,
        at=incident.resolved_at or at,
    )
