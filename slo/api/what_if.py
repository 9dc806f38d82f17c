"""The theme of what-ifs: other settings for an objective, and what they would have meant."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from portal.shared import clock
from portal.shared.api.idempotency import answer_once
from portal.shared.api.views import Endpoint
from slo import selectors
from slo.api.serializers import LEVELS
from slo.models import Objective
from slo.rules.alert_level import Level, WindowPair
from slo.rules.minute import minute_of
from slo.rules.what_if import Alert, Replay
from slo.rules.window import Span
from slo.selectors import Changes, Version

MOST_EXCLUSIONS, MOST_PAIRS = 100, 10
# Points of each curve in an answer.
CURVE_POINTS = 360


class PairSerializer(serializers.Serializer[None]):
    """A pair of windows and the level that it raises."""

    level = serializers.ChoiceField(LEVELS)
    long_minutes = serializers.IntegerField(min_value=2, max_value=129_600)
    short_minutes = serializers.IntegerField(min_value=1, max_value=129_600)
    consumption = serializers.DecimalField(
        max_digits=5, decimal_places=4, min_value=Decimal("0.0001"), max_value=Decimal(1)
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["level"] == Level.NORMAL:
            raise serializers.ValidationError({"level": "A pair raises a level above normal."})
        if attrs["short_minutes"] >= attrs["long_minutes"]:
            raise serializers.ValidationError(
                {"short_minutes": "The short window is shorter than the long one."}
            )
        return attrs


class SpanSerializer(serializers.Serializer[None]):
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not all(1 < attrs[edge].year < 9999 for edge in ("start", "end")):
            raise serializers.ValidationError({"start": "That is not a time of this calendar."})
        if attrs["start"] >= attrs["end"]:
            raise serializers.ValidationError({"end": "The end comes after the start."})
        return attrs


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A looser target without last Sunday's maintenance",
            {
                "target": "99.5",
                "exclusions": [{"start": "2026-03-01T02:00:00Z", "end": "2026-03-01T04:00:00Z"}],
            },
            request_only=True,
        )
    ]
)
class ChangesSerializer(serializers.Serializer[None]):
    """What is to be different; what is left out stays as it is."""

    target = serializers.DecimalField(
        max_digits=7, decimal_places=4, required=False, help_text="Percent."
    )
    window_days = serializers.IntegerField(required=False, help_text="A rolling window.")
    calendar_unit = serializers.ChoiceField(
        Objective.CalendarUnit.values, required=False, help_text="A calendar window."
    )
    time_zone = serializers.CharField(required=False, max_length=60)
    latency_threshold_ms = serializers.IntegerField(
        required=False, help_text="Rounded up by at most 2.2 %, and read every five minutes."
    )
    burn_windows = PairSerializer(  # type: ignore[call-arg]  # of the list
        many=True, required=False, max_length=MOST_PAIRS, help_text="Instead of all pairs."
    )
    exclusions = SpanSerializer(  # type: ignore[call-arg]  # of the list
        many=True, required=False, max_length=MOST_EXCLUSIONS, help_text="Not to be counted."
    )
    without_corrections = serializers.BooleanField(required=False, default=False)
    days = serializers.IntegerField(required=False, default=90, min_value=1, max_value=90)


class AlertSerializer(serializers.Serializer[None]):
    level = serializers.CharField()
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True, help_text="Null while it lasts.")
    peak_burn = serializers.FloatField(allow_null=True)


class CurvePointSerializer(serializers.Serializer[None]):
    at = serializers.DateTimeField()
    remaining = serializers.FloatField(allow_null=True)


class VersionSerializer(serializers.Serializer[None]):
    """The replay of one set of settings. Left out are pairs that could never fire."""

    target = serializers.FloatField()
    window = serializers.CharField()
    remaining = serializers.FloatField(allow_null=True)
    worst_remaining = serializers.FloatField(allow_null=True)
    worst_at = serializers.DateTimeField(allow_null=True)
    times_exhausted = serializers.IntegerField()
    minutes_exhausted = serializers.IntegerField()
    alerts_by_level = serializers.DictField(child=serializers.IntegerField())
    alerts = AlertSerializer(many=True)
    left_out = PairSerializer(many=True)
    curve = CurvePointSerializer(many=True)


class WhatIfSerializer(serializers.Serializer[None]):
    slo_id = serializers.SlugField()
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    present = VersionSerializer()
    changed = VersionSerializer()


class WhatIfView(Endpoint):
    required_right = "slo.view_objective"

    @extend_schema(
        operation_id="slo_what_if", request=ChangesSerializer, responses=WhatIfSerializer
    )
    def post(self, request: Request, slug: str) -> Response:
        """Replay up to 90 days of an objective under other settings; nothing is stored."""
        wanted = ChangesSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        at = clock.now()
        days = wanted.validated_data.pop("days")
        changes = changes_of(wanted.validated_data)

        def answer() -> Response:
            found = selectors.what_if(slug, changes, at=at, days=days)
            return Response(
                {
                    "slo_id": found.slug,
                    "start": found.span.start,
                    "end": found.span.end,
                    "present": _version_document(found.present),
                    "changed": _version_document(found.changed),
                }
            )

        return answer_once(request, at=at, answer=answer)


def changes_of(asked: dict[str, Any]) -> Changes:
    """This will read checked answers as changes."""
    pairs = asked.pop("burn_windows", None)
    spans = asked.pop("exclusions", ())
    return Changes(
        **asked,
        burn_windows=None if pairs is None else tuple(_pair(pair) for pair in pairs),
        exclusions=tuple(Span(minute_of(span["start"]), minute_of(span["end"])) for span in spans),
    )


def _pair(asked: dict[str, Any]) -> WindowPair:
    return WindowPair(
        asked["long_minutes"], asked["short_minutes"], asked["consumption"], Level(asked["level"])
    )


def _version_document(version: Version) -> dict[str, Any]:
    replay = version.replay
    return {
        "target": float(version.target),
        "window": version.window,
        "remaining": _number(replay.remaining[-1]),
        "worst_remaining": replay.worst,
        "worst_at": replay.worst_at,
        "times_exhausted": replay.times_exhausted,
        "minutes_exhausted": replay.minutes_exhausted,
        "alerts_by_level": replay.alerts_by_level,
        "alerts": [_alert_document(alert) for alert in replay.alerts],
        "left_out": [_pair_document(pair) for pair in version.left_out],
        "curve": _curve(replay),
    }


def _curve(replay: Replay) -> list[dict[str, Any]]:
    return [
        {"at": moment, "remaining": _number(remaining)}
        for moment, remaining in replay.curve(CURVE_POINTS)
    ]


def _alert_document(alert: Alert) -> dict[str, Any]:
    return {
        "level": alert.level.value,
        "started_at": alert.started_at,
        "ended_at": alert.ended_at,
        "peak_burn": alert.peak_burn,
    }


def _pair_document(pair: WindowPair) -> dict[str, Any]:
    return {
        "level": pair.level.value,
        "long_minutes": pair.long_minutes,
        "short_minutes": pair.short_minutes,
        "consumption": f"{pair.consumption:f}",
    }


def _number(value: float) -> float | None:
    return None if value != value else float(value)
