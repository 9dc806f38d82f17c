from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents import selectors
from incidents.models import Schedule, ScheduleMember
from portal.shared import clock
from portal.shared.admin import PortalAdmin, PortalInline, badge


class MemberInline(PortalInline):
    model = ScheduleMember
    fields = ("position", "user")
    autocomplete_fields = ("user",)


@admin.register(Schedule)
class ScheduleAdmin(PortalAdmin[Schedule]):
    list_display = ("name", "on_call_shown", "until_shown", "next_shown", "time_zone")
    list_filter = ("time_zone",)
    search_fields = ("name", "slug", "members__user__username")
    prepopulated_fields = {"slug": ("name",)}
    ordering = ("name",)
    change_form_outer_before_template = "incidents/schedule_duty.html"
    inlines = (MemberInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Schedule]:
        return selectors.all_schedules()

    def page_context(self, request: HttpRequest, subject: Schedule) -> dict[str, Any]:
        at = clock.now()
        duty = selectors.duty_of(subject, at=at)
        people = [duty.responder] if duty.responder else []
        return {
            "at": at,
            "duty": duty,
            "responder": selectors.shown_name(duty.responder) if duty.responder else "",
            "next_responder": self.next_shown(subject),
            "is_reachable": bool(selectors.reachable_user_ids(people)),
        }

    @admin.display(description=_("on call now"))
    def on_call_shown(self, schedule: Schedule) -> str | SafeString:
        responder = selectors.duty_of(schedule, at=clock.now()).responder
        return selectors.shown_name(responder) if responder else badge(_("nobody"), "critical")

    @admin.display(description=_("until"))
    def until_shown(self, schedule: Schedule) -> Any:
        return selectors.duty_of(schedule, at=clock.now()).until

    @admin.display(description=_("next"))
    def next_shown(self, schedule: Schedule) -> str:
        following = selectors.duty_of(schedule, at=clock.now()).next_responder
        return selectors.shown_name(following) if following else gettext("the same")
