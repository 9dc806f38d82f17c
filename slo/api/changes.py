"""The REST door for deploy pipelines: what went out, and when."""

from typing import Any, cast

from django.contrib.auth.models import User
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from portal.shared import clock
from portal.shared.api.idempotency import answer_once
from portal.shared.api.views import Endpoint
from slo import services
from slo.models import Occasion
from slo.services import ChangeKind


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A deploy",
            {
                "reference": "checkout-v42",
                "title": "Checkout 42: new cart",
                "services": ["checkout"],
                "at": "2026-03-02T12:00:00Z",
                "kind": "deploy",
            },
            request_only=True,
        )
    ]
)
class ChangeSerializer(serializers.Serializer[None]):
    reference = serializers.CharField(max_length=100, help_text="Names one change; no spaces.")
    title = serializers.CharField(default="", allow_blank=True, max_length=300)
    services = serializers.ListField(
        child=serializers.SlugField(max_length=80), min_length=1, max_length=100
    )
    at = serializers.DateTimeField(required=False, help_text="Now if left out.")
    ends_at = serializers.DateTimeField(required=False, allow_null=True)
    kind = serializers.ChoiceField(
        choices=[kind.value for kind in ChangeKind],
        default=ChangeKind.DEPLOY.value,
    )


class RecordedChangeSerializer(serializers.ModelSerializer[Occasion]):
    service = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)

    class Meta:
        model = Occasion
        fields = ("reference", "title", "service", "starts_at", "ends_at")


class ChangesView(Endpoint):
    required_right = "slo.add_occasion"

    @extend_schema(
        operation_id="slo_record_change",
        request=ChangeSerializer,
        responses={201: RecordedChangeSerializer(many=True)},
    )
    def post(self, request: Request) -> Response:
        """Tell that services were changed; bad events that follow are put down to it.

        Sent again under its reference, it is completed by services and its end.
        """
        wanted = ChangeSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        at = clock.now()
        change = {"at": at, **wanted.validated_data}

        def record() -> Response:
            occasions = services.record_change(
                change=services.Change(**{**change, "kind": ChangeKind(change["kind"])}),
                acting_user=cast("User", request.user),
                at=at,
            )
            return Response(RecordedChangeSerializer(occasions, many=True).data, status=201)

        return answer_once(request, at=at, answer=record)
