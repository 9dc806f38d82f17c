"""The REST door to the gate: may a change go now, and who may pass all the same."""

from typing import Any, cast

from django.contrib.auth.models import User
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
from portal.shared.api.idempotency import answer_once
from portal.shared.api.views import Endpoint
from portal.shared.errors import FieldError
from slo import selectors, services
from slo.errors import RiskRefused
from slo.models import FreezeOverride
from slo.rules.gate import Finding, Risk
from slo.selectors import Gate


class ReasonSerializer(serializers.Serializer[None]):
    code = serializers.ChoiceField([finding.value for finding in Finding])
    refuses = serializers.BooleanField(help_text="False for what is only a warning.")
    slo_id = serializers.CharField()
    detail = serializers.CharField()


class FreezeOverrideSerializer(serializers.ModelSerializer[FreezeOverride]):
    service = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    granted_by = serializers.SlugRelatedField[Any](slug_field="username", read_only=True)
    revoked_by = serializers.SlugRelatedField[Any](slug_field="username", read_only=True)

    class Meta:
        model = FreezeOverride
        fields = (
            "id",
            "service",
            "reason",
            "granted_by",
            "granted_at",
            "expires_at",
            "revoked_by",
            "revoked_at",
        )


class GateSerializer(serializers.Serializer[None]):
    service = serializers.SlugField()
    risk = serializers.ChoiceField([risk.value for risk in Risk])
    at = serializers.DateTimeField()
    allowed = serializers.BooleanField()
    frozen = serializers.BooleanField(help_text="A budget of the service is spent.")
    relies_on_override = serializers.BooleanField(
        help_text="Without the override the change would have been refused."
    )
    summary = serializers.CharField()
    reasons = ReasonSerializer(many=True)
    override = FreezeOverrideSerializer(allow_null=True)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "For a fix",
            {
                "service": "checkout",
                "reason": "The fix of INC-12 must go out",
                "expires_at": "2026-03-02T16:00:00Z",
            },
            request_only=True,
        )
    ]
)
class GrantSerializer(serializers.Serializer[None]):
    service = serializers.SlugField(max_length=80)
    reason = serializers.CharField(max_length=500)
    expires_at = serializers.DateTimeField(help_text="At most 72 hours ahead.")


class GateView(Endpoint):
    required_right = "slo.view_objective"

    @extend_schema(
        operation_id="slo_gate",
        parameters=[
            OpenApiParameter("service", str, required=True, description="Slug of a service."),
            OpenApiParameter(
                "risk", str, enum=[risk.value for risk in Risk], description="normal if left out."
            ),
        ],
        responses=GateSerializer,
    )
    def get(self, request: Request) -> Response:
        """Whether a change of the service may go now, and why."""
        asked = request.query_params
        found = selectors.gate(
            asked.get("service", ""), risk=_risk(asked.get("risk")), at=clock.now()
        )
        return Response(_gate_document(found))


class FreezeOverridesView(Endpoint):
    required_right = "slo.add_freezeoverride"

    @extend_schema(
        operation_id="slo_grant_freeze_override",
        request=GrantSerializer,
        responses={201: FreezeOverrideSerializer},
    )
    def post(self, request: Request) -> Response:
        """Let a service be changed for some hours whatever its budgets say; it is recorded."""
        wanted = GrantSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        at = clock.now()

        def grant() -> Response:
            override = services.grant_freeze_override(
                **wanted.validated_data, acting_user=cast("User", request.user), at=at
            )
            return Response(FreezeOverrideSerializer(override).data, status=201)

        return answer_once(request, at=at, answer=grant)


class RevokeFreezeOverrideView(Endpoint):
    required_right = "slo.change_freezeoverride"

    @extend_schema(
        operation_id="slo_revoke_freeze_override",
        request=None,
        responses=FreezeOverrideSerializer,
    )
    def post(self, request: Request, override: int) -> Response:
        """End the leave to change a service before its time."""
        at = clock.now()

        def revoke() -> Response:
            revoked = services.revoke_freeze_override(
                override_id=override, acting_user=cast("User", request.user), at=at
            )
            return Response(FreezeOverrideSerializer(revoked).data)

        return answer_once(request, at=at, answer=revoke)


def _risk(asked: str | None) -> Risk:
    try:
        return Risk(asked or Risk.NORMAL)
    except ValueError as error:
        raise RiskRefused(
            "The risk is not known.", fields=[FieldError("/risk", "Use normal or risky.")]
        ) from error


def _gate_document(gate: Gate) -> dict[str, Any]:
    override = gate.override
    return {
        "service": gate.service.slug,
        "risk": gate.risk.value,
        "at": gate.at,
        "allowed": gate.verdict.is_allowed,
        "frozen": gate.verdict.is_frozen,
        "relies_on_override": gate.verdict.relies_on_override,
        "summary": gate.summary,
        "reasons": [
            {
                "code": reason.finding.value,
                "refuses": reason.refuses,
                "slo_id": reason.objective,
                "detail": detail,
            }
            for reason, detail in gate.explained
        ],
        "override": FreezeOverrideSerializer(override).data if override else None,
    }
