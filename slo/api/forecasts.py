"""The theme of forecasts: what may become of a budget, and how good forecasts were."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_serializer,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from portal.shared import clock
from portal.shared.api.views import Endpoint
from slo import selectors
from slo.api.moments import moment_asked_for
from slo.api.serializers import depletion_document
from slo.rules.forecast_score import Score
from slo.rules.period_outlook import PeriodOutlook
from slo.rules.projection import Horizon
from slo.selectors import ObjectiveForecast, Scorecard


class HorizonSerializer(serializers.Serializer[None]):
    """Consumption is a fraction of the budget; `low` and `high` hold it with 80 %."""

    hours = serializers.FloatField()
    depletion_chance = serializers.FloatField()
    median = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class PeriodSerializer(serializers.Serializer[None]):
    """A calendar period: `spent_of_whole` is of the budget that it will have in the end."""

    ends_at = serializers.DateTimeField()
    spent_so_far = serializers.FloatField(allow_null=True)
    spent_of_whole = serializers.FloatField(allow_null=True)
    requests_so_far = serializers.IntegerField()
    requests_expected = serializers.IntegerField(help_text="Still to come.")
    forecast = HorizonSerializer(allow_null=True)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A budget that may run out",
            {
                "slo_id": "checkout-availability",
                "at": "2026-03-02T12:00:00Z",
                "consumed": 0.64,
                "is_burning": True,
                "projected_depletion": None,
                "projected_depletion_interval": ["2026-03-03T04:00:00Z", None],
                "depletion_chance": {"24h": 0.12, "72h": 0.31},
                "horizons": [
                    {
                        "hours": 24,
                        "depletion_chance": 0.12,
                        "median": 0.71,
                        "low": 0.62,
                        "high": 1.04,
                    }
                ],
                "period": None,
            },
            response_only=True,
        )
    ]
)
class ForecastSerializer(serializers.Serializer[None]):
    slo_id = serializers.SlugField()
    at = serializers.DateTimeField()
    consumed = serializers.FloatField(allow_null=True)
    is_burning = serializers.BooleanField(help_text="A burn is under way, and was continued.")
    projected_depletion = serializers.DateTimeField(allow_null=True)
    projected_depletion_interval = serializers.ListField(
        child=serializers.DateTimeField(allow_null=True), allow_null=True
    )
    depletion_chance = serializers.DictField(child=serializers.FloatField(allow_null=True))
    horizons = HorizonSerializer(many=True, help_text="Empty with less than a day of data.")
    period = PeriodSerializer(allow_null=True, help_text="Of calendar windows alone.")


class ReliabilitySerializer(serializers.Serializer[None]):
    """Of the forecasts with a chance in this range: what was said, and how often it came."""

    least = serializers.FloatField()
    most = serializers.FloatField()
    count = serializers.IntegerField()
    said = serializers.FloatField()
    came = serializers.FloatField()


class ScoreSerializer(serializers.Serializer[None]):
    """The chance of depletion is scored where budget was left; errors are in budgets."""

    judged = serializers.IntegerField()
    coverage = serializers.FloatField(help_text="Of intervals that should hold 80 %.")
    mean_absolute_error = serializers.FloatField()
    judged_with_budget_left = serializers.IntegerField()
    brier_score = serializers.FloatField(allow_null=True)
    base_rate = serializers.FloatField(allow_null=True)
    brier_skill = serializers.FloatField(
        allow_null=True, help_text="Against each objective's own base rate, known in hindsight."
    )
    reliability = ReliabilitySerializer(many=True)


class ObjectiveScoreSerializer(ScoreSerializer):
    slo_id = serializers.SlugField()


class HorizonScoreSerializer(serializers.Serializer[None]):
    horizon_hours = serializers.IntegerField()
    overall = ScoreSerializer(allow_null=True)
    objectives = ObjectiveScoreSerializer(many=True)


class ScorecardSerializer(serializers.Serializer[None]):
    generated_at = serializers.DateTimeField()
    horizons = HorizonScoreSerializer(many=True)


class ObjectiveForecastView(Endpoint):
    required_right = "slo.view_objective"

    @extend_schema(
        operation_id="slo_objective_forecast",
        parameters=[
            OpenApiParameter("at", datetime, description="A past moment to forecast from.")
        ],
        responses=ForecastSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        """What may become of the error budget of one objective, as a calibrated chance."""
        found = selectors.forecast_of(slug, at=moment_asked_for(request))
        return Response(_forecast_document(found))


class ScorecardView(Endpoint):
    required_right = "slo.view_objective"

    @extend_schema(
        operation_id="slo_forecast_scorecard",
        parameters=[OpenApiParameter("slo_id", str, description="Of one objective alone.")],
        responses=ScorecardSerializer,
    )
    def get(self, request: Request) -> Response:
        """How good the forecasts of the last 90 days were, beside what came of them."""
        at = clock.now()
        slug = request.query_params.get("slo_id")
        if slug is not None:
            slug = selectors.get_objective(slug).slug
        cards = selectors.forecast_scorecard(at=at, slug=slug)
        return Response(
            {"generated_at": at, "horizons": [_scorecard_document(card) for card in cards]}
        )


def _forecast_document(found: ObjectiveForecast) -> dict[str, Any]:
    return {
        "slo_id": found.slug,
        "at": found.at,
        "consumed": found.consumed,
        "is_burning": found.is_burning,
        **depletion_document(found.depletion),
        "horizons": [_horizon_document(one) for one in found.horizons],
        "period": _period_document(found, found.period) if found.period else None,
    }


def _horizon_document(one: Horizon) -> dict[str, Any]:
    return {
        "hours": one.hours,
        "depletion_chance": one.depletion_chance,
        "median": one.median,
        "low": one.low,
        "high": one.high,
    }


def _period_document(found: ObjectiveForecast, period: PeriodOutlook) -> dict[str, Any]:
    so_far, whole = period.spent_so_far, period.spent_of_whole
    return {
        "ends_at": found.period_ends_at,
        "spent_so_far": None if so_far is None else float(so_far),
        "spent_of_whole": None if whole is None else float(whole),
        "requests_so_far": period.requests_so_far,
        "requests_expected": period.requests_expected,
        "forecast": _horizon_document(found.period_end) if found.period_end else None,
    }


def _scorecard_document(card: Scorecard) -> dict[str, Any]:
    return {
        "horizon_hours": card.horizon_hours,
        "overall": _score_document(card.overall) if card.overall else None,
        "objectives": [
            {"slo_id": slug, **_score_document(score)} for slug, score in card.by_objective
        ],
    }


def _score_document(score: Score) -> dict[str, Any]:
    return {
        "judged": score.judged,
        "coverage": score.coverage,
        "mean_absolute_error": score.mean_error,
        "judged_with_budget_left": score.with_budget,
        "brier_score": score.brier,
        "base_rate": score.base_rate,
        "brier_skill": score.skill,
        "reliability": [
            {
                "least": one.least,
                "most": one.most,
                "count": one.count,
                "said": one.said,
                "came": one.came,
            }
            for one in score.bins
        ],
    }
