from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Field, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog import selectors
from catalog.models import Environment, Membership, Service, Team
from portal.shared import clock
from portal.shared.admin import PortalAdmin, PortalInline, badge
from portal.shared.panels import PanelRequest, panels_for

# How far back the panels on a service's page look.
PANEL_PERIOD = timedelta(days=1)
TIER_TONES = {1: "critical", 2: "high", 3: "medium", 4: "quiet"}


class ServiceForm(forms.ModelForm[Service]):
    def clean_depends_on(self) -> QuerySet[Service]:
        depends_on: QuerySet[Service] = self.cleaned_data["depends_on"]
        if self.instance.pk and self.instance in depends_on:
            raise forms.ValidationError(gettext("A service cannot depend on itself."))
        return depends_on


@admin.register(Service)
class ServiceAdmin(PortalAdmin[Service]):
    form = ServiceForm
    fields = ("name", "slug", "tier", "owner", "runbook_url", "depends_on", "description")
    list_display = ("name", "slug", "tier_shown", "owner", "dependency_count")
    list_filter = ("tier", "owner")
    list_select_related = ("owner",)
    search_fields = ("name", "slug", "description")
    ordering = ("tier", "slug")
    autocomplete_fields = ("owner", "depends_on")
    change_form_outer_after_template = "catalog/service_page.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Service]:
        services: QuerySet[Service] = super().get_queryset(request)
        return services.annotate(dependency_count=Count("depends_on"))

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Service | None = None
    ) -> dict[str, tuple[str, ...]]:
        return {} if obj else {"slug": ("name",)}

    def get_readonly_fields(
        self, request: HttpRequest, obj: Service | None = None
    ) -> tuple[str, ...]:
        # Events, files and other rooms know a service by its slug.
        return ("slug",) if obj else ()

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if db_field.name == "runbook_url":
            kwargs["assume_scheme"] = "https"
        field: forms.Field | None = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "description":
            field.widget.attrs["rows"] = 3
        return field

    def page_context(self, request: HttpRequest, subject: Service) -> dict[str, Any]:
        at = clock.now()
        asked = PanelRequest(service_slugs=(subject.slug,), starts_at=at - PANEL_PERIOD, at=at)
        return {
            "dependents": [
                (service, self.tier_shown(service))
                for service in selectors.services_depending_on(subject)
            ],
            "panels": panels_for(asked),
        }

    @admin.display(description=_("tier"), ordering="tier")
    def tier_shown(self, service: Service) -> SafeString:
        return badge(service.get_tier_display(), TIER_TONES[service.tier])

    @admin.display(description=_("needs"), ordering="dependency_count")
    def dependency_count(self, service: Service) -> int:
        return int(getattr(service, "dependency_count", 0))


class MembershipInline(PortalInline):
    model = Membership
    autocomplete_fields = ("user",)


@admin.register(Team)
class TeamAdmin(PortalAdmin[Team]):
    list_display = ("name", "slug", "member_count", "service_count")
    search_fields = ("name", "slug")
    ordering = ("name",)
    inlines = (MembershipInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        teams: QuerySet[Team] = super().get_queryset(request)
        return teams.annotate(
            member_count=Count("memberships", distinct=True),
            service_count=Count("services", distinct=True),
        )

    @admin.display(description=_("members"), ordering="member_count")
    def member_count(self, team: Team) -> int:
        return int(getattr(team, "member_count", 0))

    @admin.display(description=_("services"), ordering="service_count")
    def service_count(self, team: Team) -> int:
        return int(getattr(team, "service_count", 0))


@admin.register(Environment)
class EnvironmentAdmin(PortalAdmin[Environment]):
    list_display = ("name", "slug", "position", "is_production")
    search_fields = ("name", "slug")
    ordering = ("position",)
