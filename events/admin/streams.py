from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from events import selectors
from events.admin import tail, travel
from events.admin.events import PRIORITY_TONES, stream_page
from events.contracts.base import Priority
from events.models import Event, Stream
from portal.shared import clock
from portal.shared.admin import ReadOnlyAdmin, badge

EVENTS_A_PAGE = 25


@admin.register(Stream)
class StreamAdmin(ReadOnlyAdmin[Stream]):
    """The streams, and of each its events as they come and what they add up to."""

    list_display = ("name", "version", "last_event_shown", "last_recorded_shown", "lane_shown")
    list_filter = ("lane",)
    search_fields = ("name",)
    ordering = ("-created_at",)
    change_form_outer_before_template = "events/stream_page.html"

    class Media:
        js = (tail.SCRIPT,)

    def get_fieldsets(self, request: HttpRequest, obj: Stream | None = None) -> Any:
        """None: the page above the form says all there is to say."""
        return []

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.tail_view)
        return [
            path("<path:object_id>/tail/", view, name="events_stream_tail"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stream]:
        last = Event.objects.filter(stream=OuterRef("name"), stream_version__isnull=False)
        last = last.order_by("-id")
        streams: QuerySet[Stream] = super().get_queryset(request)
        return streams.annotate(
            last_event=Subquery(last.values("event_type")[:1]),
            last_recorded_at=Subquery(last.values("recorded_at")[:1]),
        )

    def tail_view(self, request: HttpRequest, object_id: str) -> JsonResponse:
        """How many events have come after a version."""
        if not request.user.has_perm("events.view_event"):
            raise PermissionDenied
        name = unquote(object_id)
        head = Stream.objects.filter(name=name).values_list("version", flat=True).first() or 0
        return tail.answer(newer=max(head - tail.asked_after(request), 0), at=head)

    def page_context(self, request: HttpRequest, subject: Stream) -> dict[str, Any]:
        context = {
            "at": clock.now(),
            "stream": subject,
            "lane_badge": self.lane_shown(subject),
        }
        if not request.user.has_perm("events.view_event"):
            return context
        return {
            **context,
            **_events(request, subject),
            "travel": travel.travel(request, subject),
        }

    @display(description=_("last event"))
    def last_event_shown(self, stream: Any) -> str | None:
        found: str | None = stream.last_event
        return found

    @display(description=_("recorded at"))
    def last_recorded_shown(self, stream: Any) -> Any:
        return stream.last_recorded_at

    @display(description=_("lane"), ordering="lane")
    def lane_shown(self, stream: Stream) -> SafeString:
        return badge(stream.get_lane_display(), PRIORITY_TONES[Priority(stream.lane)])


def _events(request: HttpRequest, stream: Stream) -> dict[str, Any]:
    """A page of the events, newest first; only the first page has a tail."""
    page = stream_page(stream.name)
    events = selectors.events_of_stream(stream.name).defer("payload").order_by("-id")
    before = tail.number(request.GET.get("before", ""))
    if before:
        events = events.filter(stream_version__lt=before)
    found = list(events[: EVENTS_A_PAGE + 1])
    has_older = len(found) > EVENTS_A_PAGE
    shown = found[:EVENTS_A_PAGE]
    return {
        "page": page,
        "events": shown,
        "is_first_page": not before,
        "older": f"{page}?before={shown[-1].stream_version}#events" if has_older else "",
        "tail": None
        if before
        else tail.Tail(
            address=f"{reverse('admin:events_stream_tail', args=[quote(stream.name)])}?",
            at=shown[0].stream_version or 0 if shown else stream.version,
            target="stream-events",
            page=request.get_full_path(),
        ),
    }
