"""Filters of query parameters that more than one room has."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField


class _MomentField(IsoDateTimeField):
    def clean(self, value: Any) -> datetime | None:
        moment: datetime | None = super().clean(value)
        try:
            return moment.astimezone(UTC) if moment else None
        except OverflowError as error:
            raise forms.ValidationError(_("No calendar has this moment in UTC.")) from error


class MomentFilter(filters.IsoDateTimeFilter):
    """A moment with its offset; refuses the ends of the calendar, which UTC cannot hold."""

    field_class = _MomentField
