from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from slo.models import BurnWindow, Indicator, Objective
from slo.rules.alert_level import Level
from slo.rules.forecast import HORIZONS
from slo.rules.request_validation import METHODS
from slo.selectors import SHOWN_WINDOWS, DepletionForecast, ObjectiveStatus

LEVELS = [level.value for level in Level]
STATUSES = ["healthy", "at_risk", "exhausted", "no_data"]


class BurnRateSerializer(serializers.Serializer[None]):
    """Rates are 1.0 at the sustainable pace, and null without data in their window."""

    level = serializers.ChoiceField(LEVELS)
    projected_depletion = serializers.DateTimeField(
        allow_null=True, help_text="Null where the budget will rather last the next three days."
    )

    def get_fields(self) -> dict[str, Any]:
        # `1h` is no name that Python could give to an attribute.
        rates = {name: serializers.FloatField(allow_null=True) for name in SHOWN_WINDOWS}
        return {**super().get_fields(), **rates}


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A budget that burns",
            {
                "slo_id": "checkout-availability",
                "name": "Checkout: availability",
                "target": 99.9,
                "error_budget_remaining": 0.62,
                "status": "at_risk",
                "burn_rate": {
                    "level": "critical",
                    "1h": 21.4,
                    "6h": 6.2,
                    "24h": 2.1,
                    "7d": 0.8,
                    "projected_depletion": "2026-03-03T04:00:00Z",
                },
                "error_budget_remaining_raw": 0.55,
                "projected_depletion_interval": ["2026-03-02T19:00:00Z", None],
                "depletion_chance": {"24h": 0.61, "72h": 0.78},
            },
            response_only=True,
        )
    ]
)
class ObjectiveStatusSerializer(serializers.Serializer[None]):
    slo_id = serializers.SlugField()
    name = serializers.CharField()
    target = serializers.FloatField(help_text="Percent.")
    error_budget_remaining = serializers.FloatField(
        allow_null=True,
        help_text="Fraction of the budget; below zero when overspent, null without data.",
    )
    status = serializers.ChoiceField(STATUSES)
    burn_rate = BurnRateSerializer()
    error_budget_remaining_raw = serializers.FloatField(
        allow_null=True, help_text="What would remain without corrections."
    )
    projected_depletion_interval = serializers.ListField(
        child=serializers.DateTimeField(allow_null=True),
        allow_null=True,
        help_text="Depletion lies between these with a chance of 80 %; null is beyond three days.",
    )
    depletion_chance = serializers.DictField(
        child=serializers.FloatField(allow_null=True),
        help_text="The chance that nothing is left within 24h and 72h; null when unknown.",
    )


class DashboardSerializer(serializers.Serializer[None]):
    generated_at = serializers.DateTimeField()
    levels = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many objectives are at each level."
    )
    objectives = ObjectiveStatusSerializer(many=True)


def status_document(status: ObjectiveStatus, depletion: DepletionForecast | None) -> dict[str, Any]:
    """What users know comes first and in its order; what was added stands behind it."""
    foretold = depletion_document(depletion or DepletionForecast())
    return {
        "slo_id": status.slug,
        "name": status.name,
        "target": float(status.target),
        "error_budget_remaining": status.remaining,
        "status": status.status,
        "burn_rate": {
            "level": status.level.value,
            **status.burn_rates,
            "projected_depletion": foretold.pop("projected_depletion"),
        },
        "error_budget_remaining_raw": status.remaining_raw,
        **foretold,
    }


def depletion_document(depletion: DepletionForecast) -> dict[str, Any]:
    interval = [depletion.depletes_early, depletion.depletes_late]
    chances = dict(depletion.chances)
    return {
        "projected_depletion": depletion.depletes_at,
        "projected_depletion_interval": interval if any(interval) else None,
        "depletion_chance": {f"{hours}h": chances.get(hours) for hours in HORIZONS},
    }


class IndicatorSerializer(serializers.ModelSerializer[Indicator]):
    service = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)

    class Meta:
        model = Indicator
        fields = (
            "slug",
            "name",
            "service",
            "kind",
            "endpoint",
            "method",
            "latency_threshold_ms",
            "report_minutes",
            "first_minute",
        )


class BurnWindowSerializer(serializers.ModelSerializer[BurnWindow]):
    level = serializers.CharField(help_text="The level that the pair raises.")
    consumption = serializers.FloatField(help_text="Share of the budget in the long window.")

    class Meta:
        model = BurnWindow
        fields = ("level", "long_minutes", "short_minutes", "consumption")


class ObjectiveSerializer(serializers.ModelSerializer[Objective]):
    slo_id = serializers.SlugField(source="slug")
    indicator = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    service = serializers.SlugField(source="indicator.service.slug")
    target = serializers.FloatField(help_text="Percent.")
    slice_target = serializers.FloatField(allow_null=True, help_text="Percent.")
    level = serializers.CharField(help_text="As it was last announced.")
    burn_windows = BurnWindowSerializer(many=True)

    class Meta:
        model = Objective
        fields = (
            "slo_id",
            "name",
            "indicator",
            "service",
            "target",
            "budgeting",
            "slice_minutes",
            "slice_target",
            "window_kind",
            "window_days",
            "calendar_unit",
            "time_zone",
            "is_active",
            "level",
            "level_changed_at",
            "evaluated_at",
            "frozen_since",
            "burn_windows",
        )


class ReportedRequestSerializer(serializers.Serializer[None]):
    """Describes one request; `rules.request_validation` is what checks it."""

    service = serializers.SlugField(required=False, help_text="The portal itself if left out.")
    endpoint = serializers.CharField(max_length=500)
    method = serializers.ChoiceField(METHODS)
    status_code = serializers.IntegerField(min_value=100, max_value=599)
    response_time_ms = serializers.FloatField(required=False, allow_null=True, min_value=0)
    at = serializers.DateTimeField(required=False, help_text="Now if left out.")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "One request",
            {
                "requests": [
                    {
                        "service": "checkout",
                        "endpoint": "/orders/7",
                        "method": "GET",
                        "status_code": 200,
                        "response_time_ms": 41.5,
                        "at": "2026-03-02T12:00:00Z",
                    }
                ]
            },
            request_only=True,
        )
    ]
)
class ReportSerializer(serializers.Serializer[None]):
    requests = ReportedRequestSerializer(many=True)
    partial = serializers.BooleanField(  # type: ignore[assignment]  # the API's name, DRF's too
        default=False, help_text="Count what is right and reject the rest."
    )


class FieldErrorSerializer(serializers.Serializer[None]):
    pointer = serializers.CharField()
    detail = serializers.CharField()


class RejectedItemSerializer(serializers.Serializer[None]):
    index = serializers.IntegerField()
    errors = FieldErrorSerializer(many=True)  # type: ignore[assignment]  # the API's name, DRF's too


@extend_schema_serializer(
    examples=[OpenApiExample("One counted", {"accepted": 1, "rejected": []}, response_only=True)]
)
class IngestedSerializer(serializers.Serializer[None]):
    accepted = serializers.IntegerField()
    rejected = RejectedItemSerializer(many=True)
