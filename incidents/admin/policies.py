from datetime import timedelta

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents.models import EscalationLevel, EscalationPolicy, EscalationTarget
from portal.shared.admin import PortalAdmin, PortalInline
from portal.shared.durations import in_words


class LevelInline(PortalInline):
    model = EscalationLevel
    fields = ("position", "ack_window_seconds", "people_shown")
    readonly_fields = ("people_shown",)

    @admin.display(description=_("who is paged"))
    def people_shown(self, level: EscalationLevel) -> str | SafeString:
        if not level.pk:
            return gettext("Save first, then choose.")
        targets = ", ".join(str(target) for target in level.targets.all())
        address = reverse("admin:incidents_escalationlevel_change", args=[level.pk])
        return format_html(
            '<a class="op-button op-button-default" href="{}">{}</a>',
            address,
            targets or gettext("Choose"),
        )


class TargetInline(PortalInline):
    model = EscalationTarget
    fields = ("schedule", "user")


def _ladder_in_words(policy: EscalationPolicy) -> str:
    levels = []
    for level in policy.levels.all():
        targets = ", ".join(str(target) for target in level.targets.all())
        window = in_words(timedelta(seconds=level.ack_window_seconds))
        levels.append(f"L{level.position} {targets or gettext('nobody')} ({window})")
    return " → ".join(levels) or gettext("pages nobody")


@admin.register(EscalationPolicy)
class EscalationPolicyAdmin(PortalAdmin[EscalationPolicy]):
    """Levels are edited here; the people of a level on the level's own page."""

    list_display = ("name", "severity", "team", "ladder_shown", "repeat_count")
    list_filter = ("severity", "team")
    list_select_related = ("team",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("ladder_shown",)
    ordering = ("severity", "slug")
    inlines = (LevelInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[EscalationPolicy]:
        return EscalationPolicy.objects.prefetch_related(
            "levels__targets__schedule", "levels__targets__user"
        )

    @admin.display(description=_("who is paged, and how long each level has"))
    def ladder_shown(self, policy: EscalationPolicy) -> str:
        return _ladder_in_words(policy) if policy.pk else ""


@admin.register(EscalationLevel)
class EscalationLevelAdmin(PortalAdmin[EscalationLevel]):
    """The people of one level. It is reached from its policy, and so not in the menu."""

    list_display = ("policy", "position", "ack_window_seconds")
    list_select_related = ("policy",)
    search_fields = ("policy__name",)
    ordering = ("policy", "position")
    inlines = (TargetInline,)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False
