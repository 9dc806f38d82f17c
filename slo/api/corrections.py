"""The REST door to corrections: time that budgets leave out."""

from typing import Any, cast

from django.contrib.auth.models import User
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from portal.shared import clock
from portal.shared.api.idempotency import answer_once
from portal.shared.api.views import Endpoint
from slo import selectors, services
from slo.models import Correction


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Maintenance on Sundays",
            {
                "service": "checkout",
                "reason": "Maintenance of the database",
                "starts_at": "2026-03-01T02:00:00Z",
                "duration_minutes": 90,
                "recurrence": "FREQ=WEEKLY;BYDAY=SU",
                "time_zone": "Europe/Berlin",
            },
            request_only=True,
        )
    ]
)
class EnterCorrectionSerializer(serializers.Serializer[None]):
    objective = serializers.CharField(default="", allow_blank=True, max_length=80)
    service = serializers.CharField(
        default="", allow_blank=True, max_length=80, help_text="All objectives of the service."
    )
    reason = serializers.CharField(max_length=300)
    starts_at = serializers.DateTimeField()
    duration_minutes = serializers.IntegerField(min_value=1, max_value=129_600)
    recurrence = serializers.CharField(
        default="", allow_blank=True, max_length=300, help_text="An RRULE; once if left out."
    )
    time_zone = serializers.CharField(
        default="UTC", max_length=60, help_text="Whose clock a recurrence follows."
    )


class CorrectionSerializer(serializers.ModelSerializer[Correction]):
    objective = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    service = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    entered_by = serializers.SlugRelatedField[Any](slug_field="username", read_only=True)
    withdrawn_by = serializers.SlugRelatedField[Any](slug_field="username", read_only=True)

    class Meta:
        model = Correction
        fields = (
            "id",
            "objective",
            "service",
            "reason",
            "starts_at",
            "duration_minutes",
            "recurrence",
            "time_zone",
            "entered_by",
            "entered_at",
            "withdrawn_by",
            "withdrawn_at",
        )


class CorrectionFilter(filters.FilterSet):
    objective = filters.CharFilter(field_name="objective__slug", label="Slug of an objective.")
    service = filters.CharFilter(field_name="service__slug", label="Slug of a service.")
    withdrawn = filters.BooleanFilter(
        field_name="withdrawn_at", lookup_expr="isnull", exclude=True, label="Given back."
    )

    class Meta:
        model = Correction
        fields = ("objective", "service", "withdrawn")


class CorrectionsView(generics.ListAPIView[Correction]):
    """Every correction, the newest first, withdrawn ones too."""

    queryset = selectors.all_corrections()
    serializer_class = CorrectionSerializer
    filterset_class = CorrectionFilter

    @extend_schema(
        operation_id="slo_enter_correction",
        request=EnterCorrectionSerializer,
        responses={201: CorrectionSerializer},
    )
    def post(self, request: Request) -> Response:
        """Take time out of the budget of an objective, or of all of a service, the past too."""
        wanted = EnterCorrectionSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        at = clock.now()

        def enter() -> Response:
            correction = services.enter_correction(
                wanted=services.TimeTakenOut(**wanted.validated_data),
                acting_user=cast("User", request.user),
                at=at,
            )
            return Response(CorrectionSerializer(correction).data, status=201)

        return answer_once(request, at=at, answer=enter)


class WithdrawCorrectionView(Endpoint):
    required_right = "slo.change_correction"

    @extend_schema(
        operation_id="slo_withdraw_correction", request=None, responses=CorrectionSerializer
    )
    def post(self, request: Request, correction: int) -> Response:
        """Give the time of a correction back to the budgets, the past too."""
        at = clock.now()

        def withdraw() -> Response:
            withdrawn = services.withdraw_correction(
                correction_id=correction, acting_user=cast("User", request.user), at=at
            )
            return Response(CorrectionSerializer(withdrawn).data)

        return answer_once(request, at=at, answer=withdraw)
