from django.contrib import admin

from events.models import Event
from portal.shared.admin import ReadOnlyAdmin


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin[Event]):
    list_display = ("event_type", "stream", "actor", "occurred_at", "priority")
    list_filter = ("event_type", "priority")
    search_fields = ("event_type", "stream", "actor", "event_id")
    date_hierarchy = "occurred_at"
    ordering = ("-id",)
