"""How one objective stands, with everything that its level follows from."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from portal.shared.api.views import Endpoint
from slo import selectors
from slo.api.moments import AT, moment_asked_for
from slo.api.serializers import LEVELS, ObjectiveStatusSerializer, status_document
from slo.rules.alert_level import PairState
from slo.selectors import DepletionForecast, ObjectiveStatus, PairStatus


class WindowSerializer(serializers.Serializer[None]):
    start = serializers.DateTimeField()
    end = serializers.DateTimeField(help_text="Exclusive; the minute under way is included.")


class PairStandingSerializer(serializers.Serializer[None]):
    """A pair of burn windows. Burns and coverage are null where nothing can be said."""

    level = serializers.ChoiceField(LEVELS, help_text="The level that the pair raises.")
    long_minutes = serializers.IntegerField()
    short_minutes = serializers.IntegerField()
    fires_above = serializers.FloatField()
    long_burn = serializers.FloatField(allow_null=True)
    short_burn = serializers.FloatField(allow_null=True)
    state = serializers.ChoiceField([state.value for state in PairState])
    coverage = serializers.FloatField(
        allow_null=True, help_text="Share of expected reports; null for what reports irregularly."
    )
    frozen = serializers.BooleanField(help_text="Too little data: the level is held.")
    suppressed = serializers.BooleanField(help_text="Not significant: too few requests.")
    inhibited = serializers.BooleanField(help_text="A faster pair tells of it.")


class StandingSerializer(ObjectiveStatusSerializer):
    window = WindowSerializer()
    service_level = serializers.FloatField(allow_null=True, help_text="Share of good requests.")
    coverage = serializers.FloatField(allow_null=True)
    pairs = PairStandingSerializer(many=True)


class StandingView(Endpoint):
    required_right = "slo.view_objective"

    @extend_schema(
        operation_id="slo_objective_standing", parameters=[AT], responses=StandingSerializer
    )
    def get(self, request: Request, slug: str) -> Response:
        """How one objective stands or stood, and why: each pair of windows, and its coverage."""
        at = moment_asked_for(request)
        objective = selectors.get_objective(slug)
        status = selectors.objective_statuses([objective], at=at)[0]
        depletion = selectors.forecast_of(objective, at=at).depletion
        return Response(standing_document(status, depletion))


def standing_document(status: ObjectiveStatus, depletion: DepletionForecast) -> dict[str, Any]:
    return {
        **status_document(status, depletion),
        "window": {"start": status.span.start, "end": status.span.end},
        "service_level": status.service_level,
        "coverage": status.coverage,
        "pairs": [_pair_document(pair) for pair in status.pairs],
    }


def _pair_document(pair: PairStatus) -> dict[str, Any]:
    return {
        "level": pair.pair.level.value,
        "long_minutes": pair.pair.long_minutes,
        "short_minutes": pair.pair.short_minutes,
        "fires_above": pair.factor,
        "long_burn": pair.long_burn,
        "short_burn": pair.short_burn,
        "state": pair.state.value,
        "coverage": pair.coverage,
        "frozen": pair.is_frozen,
        "suppressed": pair.is_suppressed,
        "inhibited": pair.is_inhibited,
    }
