from typing import cast

from django.contrib.auth.models import User
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from portal.shared import clock
from portal.shared.api.idempotency import answer_once
from portal.shared.api.schema import PROBLEM
from portal.shared.api.views import Endpoint
from recovery import selectors, services
from recovery.api.serializers import FailoverSerializer, RecoveryStatusSerializer


class StatusView(Endpoint):
    required_right = "recovery.view_plan"

    @extend_schema(responses=RecoveryStatusSerializer)
    def get(self, request: Request) -> Response:
        """Every plan with its targets, its last drill and whether a drill is overdue.

        A plan is overdue when its last passed drill is too old; a plan that never passed
        one counts from when it was made.
        """
        standings = selectors.plan_standings(at=clock.now())
        status = {"plans": standings, "open_failovers": []}
        return Response(RecoveryStatusSerializer(status).data)


class FailoverView(Endpoint):
    required_right = "recovery.add_drill"

    @extend_schema(
        request=FailoverSerializer,
        responses={
            (409, "application/problem+json"): OpenApiResponse(
                PROBLEM, description="The plan has no automated step; nothing was done."
            )
        },
    )
    def post(self, request: Request) -> Response:
        """Carry out a plan. No plan has an automated step yet: each is refused with 409."""
        wanted = FailoverSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        at = clock.now()

        def fail_over() -> Response:
            services.start_failover(
                plan_slug=wanted.validated_data["plan"],
                reason=wanted.validated_data["reason"],
                mode=wanted.validated_data["mode"],
                acting_user=cast("User", request.user),
                at=at,
            )

        return answer_once(request, at=at, answer=fail_over)
