"""Filters of the log that an index answers: a log is long."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter, TextFilter
from unfold.utils import parse_date_str

from events.models import Event


class _ExactOrBeginning(TextFilter):
    """`slo.burn_rate.high` is meant exactly; `slo.*` takes all that begins so."""

    def queryset(self, _request: HttpRequest, events: QuerySet[Event]) -> QuerySet[Event]:
        wanted = (self.value() or "").strip()
        if not wanted:
            return events
        if wanted.endswith("*"):
            return events.filter(**{f"{self.parameter_name}__startswith": wanted[:-1]})
        return events.filter(**{self.parameter_name: wanted})


class TypeFilter(_ExactOrBeginning):
    title = _("type")
    parameter_name = "event_type"


class StreamFilter(_ExactOrBeginning):
    title = _("stream")
    parameter_name = "stream"


class ActorFilter(_ExactOrBeginning):
    title = _("actor")
    parameter_name = "actor"


class RetentionFilter(admin.SimpleListFilter):
    title = _("retention class")
    parameter_name = "retention_class"

    def lookups(self, _request: HttpRequest, _admin: Any) -> Sequence[tuple[str, str]]:
        return [(name, name) for name in settings.EVENT_RETENTION_CLASSES]

    def queryset(self, _request: HttpRequest, events: QuerySet[Event]) -> QuerySet[Event]:
        return events.filter(retention_class=self.value()) if self.value() else events


class DayFilter(RangeDateFilter):
    """From the beginning of the first day to the end of the last."""

    def queryset(self, _request: HttpRequest, events: QuerySet[Event]) -> QuerySet[Event]:
        first, last = (
            parse_date_str(self.used_parameters.get(f"{self.parameter_name}_{end}") or "")
            for end in ("from", "to")
        )
        if first:
            events = events.filter(**{f"{self.parameter_name}__gte": _midnight(first)})
        if last:
            after = _midnight(last + timedelta(days=1))
            events = events.filter(**{f"{self.parameter_name}__lt": after})
        return events


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
