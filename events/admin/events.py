import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from events import selectors
from events.admin import replay, tail, tones
from events.admin.filters import (
    ActorFilter,
    DayFilter,
    RetentionFilter,
    StreamFilter,
    TypeFilter,
)
from events.contracts.base import Priority
from events.contracts.recorded import upcast
from events.errors import UnknownSchemaVersion
from events.models import Event, Stream
from portal.shared import clock
from portal.shared.admin import ReadOnlyAdmin, badge
from portal.shared.templatetags.operations_time import exact_moment

PRIORITY_TONES = {Priority.LOW: "quiet", Priority.NORMAL: "low", Priority.HIGH: "high"}
TAIL = "events_event_tail"
METADATA = (
    (_("Identity"), ("event_id", "event_type", "schema_version")),
    (_("Order"), ("position", "stream", "stream_version", "priority", "retention_class")),
    (_("Origin"), ("actor", "correlation_id", "causation_id", "traceparent")),
    (_("Time"), ("occurred_at", "recorded_at")),
)


class _FiltersOnly(ChangeList):
    """Knows what the page's filters want, without counting and reading a page of it."""

    def get_results(self, request: HttpRequest) -> None:
        self.result_list = []


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin[Event]):
    """The log: in the order of its positions, newest first, and growing while it is read."""

    list_display = (
        "position_shown",
        "event_type",
        "stream",
        "priority_shown",
        "retention_class",
        "actor",
        "recorded_shown",
    )
    list_display_links = ("position_shown", "event_type")
    list_filter = (
        TypeFilter,
        StreamFilter,
        RetentionFilter,
        "priority",
        ActorFilter,
        ("recorded_at", DayFilter),
    )
    list_filter_submit = True
    list_before_template = "events/log_tail.html"
    search_fields = ("event_type__startswith", "stream__startswith")
    search_help_text = _("Event id, correlation id, position, or the beginning of a type or stream")
    show_full_result_count = False
    change_form_outer_before_template = "events/event_page.html"

    class Media:
        js = (tail.SCRIPT,)

    def get_fieldsets(self, request: HttpRequest, obj: Event | None = None) -> Any:
        """None: the page above the form says all there is to say."""
        return []

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.tail_view)
        replaying = self.admin_site.admin_view(lambda r: replay.replay_page(r, self.admin_site))
        return [
            path("tail/", view, name=TAIL),
            path("replay/", replaying, name="events_event_replay"),
            *super().get_urls(),
        ]

    def get_ordering(self, request: HttpRequest) -> Any:
        """What has no position yet is newer than all that has."""
        return [F("position").desc(nulls_first=True), "-id"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Event], search_term: str
    ) -> tuple[QuerySet[Event], bool]:
        term = search_term.strip()
        try:
            wanted = uuid.UUID(term)
        except ValueError:
            if position := tail.number(term):
                return queryset.filter(position=position), False
            found: tuple[QuerySet[Event], bool] = super().get_search_results(
                request, queryset, search_term
            )
            return found
        return queryset.filter(Q(event_id=wanted) | Q(correlation_id=wanted)), False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        if request.resolver_match and request.resolver_match.url_name == TAIL:
            return _FiltersOnly
        found: type[ChangeList] = super().get_changelist(request, **kwargs)
        return found

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        may = request.user.has_perm(replay.RIGHT)
        context = {"tail": self._tail(request), "may_replay": may, **(extra_context or {})}
        return super().changelist_view(request, context)

    def _tail(self, request: HttpRequest) -> tail.Tail | None:
        """Only the first page in the log's own order grows at its beginning."""
        if {"p", "o", "all"} & set(request.GET):
            return None
        page = request.get_full_path()
        filters = request.GET.urlencode()
        return tail.Tail(
            address=f"{reverse(f'admin:{TAIL}')}?{filters}",
            at=selectors.head_of_log(),
            target="result_list",
            page=page,
        )

    def tail_view(self, request: HttpRequest) -> JsonResponse:
        """How many events of these filters have come after a position."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        after, head = tail.asked_after(request), selectors.head_of_log()
        if head <= after:
            return tail.answer(newer=0, at=head)
        filters = request.GET.copy()
        filters.pop("after", None)
        request.GET = filters  # type: ignore[assignment]  # the page's own query, as its list reads it
        wanted = self.get_changelist_instance(request).get_queryset(request)
        newer = wanted.filter(position__gt=after).order_by()[: tail.NEWER_AT_MOST].count()
        return tail.answer(newer=newer, at=head)

    def page_context(self, request: HttpRequest, subject: Event) -> dict[str, Any]:
        sees_deliveries = request.user.has_perm("events.view_delivery")
        is_ordered = subject.stream_version is not None
        return {
            "at": clock.now(),
            "event": subject,
            "priority_badge": self.priority_shown(subject),
            "payload": pretty(subject.payload),
            "metadata": [(title, _told(subject, names)) for title, names in METADATA],
            "today": _as_of_today(subject),
            "stream_page": stream_page(subject.stream) if is_ordered else "",
            "sees_streams": request.user.has_perm("events.view_stream"),
            "causality": selectors.causality_of(subject),
            "deliveries": _deliveries(subject) if sees_deliveries else None,
        }

    @display(description=_("position"), ordering="position")
    def position_shown(self, event: Event) -> str:
        return _("none yet") if event.position is None else f"#{event.position}"  # type: ignore[return-value]  # lazy

    @display(description=_("recorded at"), ordering="recorded_at")
    def recorded_shown(self, event: Event) -> SafeString:
        return exact_moment(event.recorded_at, clock.now())

    @display(description=_("priority"), ordering="priority")
    def priority_shown(self, event: Event) -> SafeString:
        return badge(event.get_priority_display(), PRIORITY_TONES[Priority(event.priority)])


def pretty(value: Any) -> str:
    """This will write JSON as people read it."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def stream_page(stream: str) -> str:
    opts = Stream._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[quote(stream)])


def _told(event: Event, names: Sequence[str]) -> list[tuple[str, str]]:
    """Moments are written out whole: those of one event may lie milliseconds apart."""
    told = []
    for name in names:
        value = event.get_priority_display() if name == "priority" else getattr(event, name)
        text = value.isoformat() if isinstance(value, datetime) else value
        label = Event._meta.get_field(name).verbose_name  # type: ignore[union-attr]  # a field of its own
        told.append((str(label), "" if text is None else str(text)))
    return told


def _as_of_today(event: Event) -> dict[str, Any] | None:
    """What today's code makes of an old event, None when it is not old."""
    try:
        read = upcast(event.recorded())
    except UnknownSchemaVersion as error:
        return {"refusal": error.detail}
    if read.schema_version == event.schema_version:
        return None
    return {"version": read.schema_version, "payload": pretty(read.payload)}


def _deliveries(event: Event) -> list[dict[str, Any]]:
    return [
        {
            "delivery": delivery,
            "badge": badge(delivery.get_state_display(), tones.DELIVERY[delivery.state]),
            "page": reverse("admin:events_delivery_change", args=[delivery.pk]),
            "reason": delivery.reason,
        }
        for delivery in event.deliveries.order_by("subscriber")
    ]
