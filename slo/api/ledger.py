"""The REST door to what budgets were spent on, and how fast incidents were answered."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from portal.shared import clock
from portal.shared.api.views import Endpoint
from portal.shared.errors import FieldError
from slo import selectors
from slo.api.moments import AT, moment_asked_for
from slo.errors import SpanRefused
from slo.rules.ledger import Cause
from slo.rules.response_time import Spread
from slo.selectors import Impact, IncidentImpact, Ledger, ResponseTimes

DEFAULT_DAYS = 90
LONGEST_DAYS = 366


class LedgerEntrySerializer(serializers.Serializer[None]):
    cause = serializers.ChoiceField([cause.value for cause in Cause])
    reference = serializers.CharField()
    title = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    bad = serializers.IntegerField()
    total = serializers.IntegerField()
    budget_share = serializers.FloatField(help_text="Fraction of the budget that it took.")
    budget_share_raw = serializers.FloatField(help_text="The same, had nothing been corrected.")
    budget_share_exact = serializers.CharField(
        help_text="As a ratio of whole numbers; those of all entries sum to consumed_exact."
    )


class LedgerSerializer(serializers.Serializer[None]):
    slo_id = serializers.SlugField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    bad = serializers.IntegerField(help_text="Of all entries, maintenance included.")
    total = serializers.IntegerField()
    consumed = serializers.FloatField(allow_null=True)
    consumed_exact = serializers.CharField(allow_null=True)
    consumed_raw = serializers.FloatField(allow_null=True)
    entries = LedgerEntrySerializer(many=True)


class ImpactSerializer(serializers.Serializer[None]):
    slo_id = serializers.SlugField()
    service = serializers.SlugField()
    bad = serializers.IntegerField()
    total = serializers.IntegerField()
    expected_bad = serializers.FloatField(
        allow_null=True, help_text="By the median share at this time of the seven days before."
    )
    excess_bad = serializers.FloatField(allow_null=True)
    budget_share = serializers.FloatField(allow_null=True)
    burn_minutes = serializers.FloatField(
        allow_null=True, help_text="The total outage that would have cost as much."
    )
    error_budget_before = serializers.FloatField(allow_null=True)
    error_budget_after = serializers.FloatField(allow_null=True)


class IncidentImpactSerializer(serializers.Serializer[None]):
    reference = serializers.CharField()
    title = serializers.CharField()
    starts_at = serializers.DateTimeField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    objectives = ImpactSerializer(many=True)


class SpreadSerializer(serializers.Serializer[None]):
    sample_size = serializers.IntegerField()
    p50_seconds = serializers.FloatField(allow_null=True)
    p90_seconds = serializers.FloatField(allow_null=True)


class ResponseTimesSerializer(serializers.Serializer[None]):
    service = serializers.SlugField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    incidents = serializers.IntegerField()
    time_to_detect = SpreadSerializer()
    time_to_acknowledge = SpreadSerializer()
    time_to_resolve = SpreadSerializer()


class LedgerView(Endpoint):
    required_right = "slo.view_objective"

    @extend_schema(
        operation_id="slo_ledger",
        parameters=[AT],
        responses=LedgerSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        """What the budget of one objective was spent on: entries that sum exactly."""
        objective = selectors.get_objective(slug)
        found = selectors.ledger(objective, at=moment_asked_for(request))
        return Response(_ledger_document(found))


class ImpactView(Endpoint):
    required_right = "slo.view_objective"

    @extend_schema(operation_id="slo_incident_impact", responses=IncidentImpactSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """What an incident has cost the budgets of the services it touched."""
        found = selectors.incident_impact(reference, at=clock.now())
        return Response(_impact_document(found))


class ResponseTimesView(Endpoint):
    required_right = "slo.view_objective"

    @extend_schema(
        operation_id="slo_response_times",
        parameters=[
            OpenApiParameter("service", str, required=True, description="Slug of a service."),
            OpenApiParameter("days", int, description=f"1 to {LONGEST_DAYS}; {DEFAULT_DAYS}."),
        ],
        responses=ResponseTimesSerializer,
    )
    def get(self, request: Request) -> Response:
        """How long incidents of a service took to be noticed, taken on and resolved."""
        found = selectors.response_times(
            request.query_params.get("service", ""), days=_days(request), at=clock.now()
        )
        return Response(_times_document(found))


def _days(request: Request) -> int:
    asked = request.query_params.get("days", str(DEFAULT_DAYS))
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 4):
        asked = "0"
    if not 1 <= int(asked) <= LONGEST_DAYS:
        detail = f"Use a whole number from 1 to {LONGEST_DAYS}."
        raise SpanRefused("The days cannot be read.", fields=[FieldError("/days", detail)])
    return int(asked)


def _ledger_document(ledger: Ledger) -> dict[str, Any]:
    return {
        "slo_id": ledger.objective.slug,
        "starts_at": ledger.span.start,
        "ends_at": ledger.span.end,
        "bad": ledger.counts.bad,
        "total": ledger.counts.total,
        "consumed": _number(ledger.consumed),
        "consumed_exact": None if ledger.consumed is None else str(ledger.consumed),
        "consumed_raw": _number(ledger.consumed_raw),
        "entries": [
            {
                "cause": line.entry.key.cause.value,
                "reference": line.entry.key.reference,
                "title": line.title,
                "since": line.since,
                "bad": line.entry.counts.bad,
                "total": line.entry.counts.total,
                "budget_share": float(line.entry.share),
                "budget_share_raw": float(line.entry.share_raw),
                "budget_share_exact": str(line.entry.share),
            }
            for line in ledger.lines
        ],
    }


def _impact_document(found: IncidentImpact) -> dict[str, Any]:
    return {
        "reference": found.reference,
        "title": found.title,
        "starts_at": found.starts_at,
        "acknowledged_at": found.acknowledged_at,
        "ends_at": found.ends_at,
        "objectives": [_objective_document(impact) for impact in found.impacts],
    }


def _objective_document(impact: Impact) -> dict[str, Any]:
    return {
        "slo_id": impact.objective.slug,
        "service": impact.objective.indicator.service.slug,
        "bad": impact.counts.bad,
        "total": impact.counts.total,
        "expected_bad": _number(impact.expected_bad),
        "excess_bad": _number(impact.excess_bad),
        "budget_share": _number(impact.budget_share),
        "burn_minutes": _number(impact.burn_minutes),
        "error_budget_before": _number(impact.remaining_before),
        "error_budget_after": _number(impact.remaining_after),
    }


def _times_document(found: ResponseTimes) -> dict[str, Any]:
    return {
        "service": found.service,
        "starts_at": found.span.start,
        "ends_at": found.span.end,
        "incidents": found.incidents,
        "time_to_detect": _spread_document(found.to_detect),
        "time_to_acknowledge": _spread_document(found.to_acknowledge),
        "time_to_resolve": _spread_document(found.to_resolve),
    }


def _spread_document(found: Spread) -> dict[str, Any]:
    return {
        "sample_size": found.sample_size,
        "p50_seconds": _seconds(found.p50),
        "p90_seconds": _seconds(found.p90),
    }


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
