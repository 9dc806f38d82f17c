from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from recovery.models import Drill, Plan
from recovery.selectors import PlanStanding


class TargetsSerializer(serializers.Serializer[Plan]):
    rto_seconds = serializers.IntegerField()
    rpo_seconds = serializers.IntegerField()


class LastDrillSerializer(serializers.ModelSerializer[Drill]):
    met_targets = serializers.BooleanField(allow_null=True, read_only=True)

    class Meta:
        model = Drill
        fields = (
            "started_at",
            "ended_at",
            "outcome",
            "measured_rto_seconds",
            "measured_rpo_seconds",
            "met_targets",
        )


class PlanStandingSerializer(serializers.Serializer[PlanStanding]):
    slug = serializers.CharField(source="plan.slug")
    name = serializers.CharField(source="plan.name")
    strategy = serializers.ChoiceField(source="plan.strategy", choices=Plan.Strategy.choices)
    owner = serializers.CharField(source="plan.owner.slug", default=None, allow_null=True)
    services = serializers.SerializerMethodField()
    targets = TargetsSerializer(source="plan")
    test_every_days = serializers.IntegerField(source="plan.test_every_days")
    last_drill = LastDrillSerializer(allow_null=True)
    last_passed_at = serializers.DateTimeField(allow_null=True)
    drill_due_at = serializers.DateTimeField()
    overdue = serializers.BooleanField(source="is_overdue")

    def get_services(self, standing: PlanStanding) -> list[str]:
        return sorted(service.slug for service in standing.plan.services.all())


class RecoveryStatusSerializer(serializers.Serializer[dict[str, Any]]):
    plans = PlanStandingSerializer(many=True)
    # No plan has an executor, so none is ever open; what one looks like is not known yet.
    open_failovers = serializers.ListField(child=serializers.DictField())


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A drill",
            {"plan": "database", "reason": "Quarterly drill", "mode": "drill"},
            request_only=True,
        )
    ]
)
class FailoverSerializer(serializers.Serializer[None]):
    plan = serializers.SlugField(max_length=80)
    reason = serializers.CharField(max_length=2000)
    mode = serializers.ChoiceField(choices=["drill", "real"])
