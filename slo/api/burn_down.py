"""A budget over time, to the minute, in one compact document."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import numpy as np
from django.http import HttpResponse
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_serializer,
)
from rest_framework import serializers
from rest_framework.request import Request

from portal.shared.api.views import Endpoint
from portal.shared.errors import FieldError
from slo import selectors
from slo.api.moments import moment_asked_for
from slo.errors import BurnDownRefused
from slo.rules.minute import MINUTE, minutes_spelled

MOST_DAYS = 90
MOST_STEP = timedelta(days=1)
# A millionth of the budget; digits behind it would be most of the document.
DECIMALS = 6


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Three minutes",
            {
                "slo_id": "checkout-availability",
                "first": "2026-03-02T11:58:00+00:00",
                "step_seconds": 60,
                "remaining": [None, 0.62, 0.617],
            },
            response_only=True,
        )
    ]
)
class BurnDownSerializer(serializers.Serializer[None]):
    slo_id = serializers.SlugField()
    first = serializers.DateTimeField(help_text="The moment of the first value.")
    step_seconds = serializers.IntegerField()
    remaining = serializers.ListField(
        child=serializers.FloatField(allow_null=True),
        help_text=(
            "Fraction of the budget left at each step, to a millionth; below zero when "
            "overspent, null without data."
        ),
    )


class BurnDownView(Endpoint):
    required_right = "slo.view_objective"

    @extend_schema(
        operation_id="slo_burn_down",
        parameters=[
            OpenApiParameter("days", int, description="How far to look back, 1 to 90; 30."),
            OpenApiParameter("step", str, description="From 1m to 1d, for example 5m or 1h; 1m."),
            OpenApiParameter("at", datetime, description="The last moment; now if left out."),
        ],
        responses=BurnDownSerializer,
    )
    def get(self, request: Request, slug: str) -> HttpResponse:
        """How much of the budget was left at each minute, or at each step, up to a moment."""
        days, step = _asked_for(request.query_params)
        found = selectors.burn_down_by_minutes(
            slug, at=moment_asked_for(request), span=timedelta(days=days), step=step
        )
        document = {
            "slo_id": slug,
            "first": found.first.isoformat(),
            "step_seconds": int(step.total_seconds()),
            # What is no number is written as null.
            "remaining": np.round(found.remaining, DECIMALS).tolist(),
        }
        return HttpResponse(msgspec.json.encode(document), content_type="application/json")


def _asked_for(params: Any) -> tuple[int, timedelta]:
    errors = []
    days = params.get("days", "30")
    if not (days.isascii() and days.isdigit() and 1 <= int(days[:9]) <= MOST_DAYS):
        errors.append(FieldError("/days", f"Use a whole number of days from 1 to {MOST_DAYS}."))
    minutes = minutes_spelled(params.get("step", "1m"))
    if minutes is None or not MINUTE <= minutes * MINUTE <= MOST_STEP:
        errors.append(FieldError("/step", "Use minutes, hours or a day: 1m, 5m, 1h, 1d."))
    if errors or minutes is None:
        raise BurnDownRefused("The burn-down cannot be drawn as asked.", fields=errors)
    return int(days), minutes * MINUTE
