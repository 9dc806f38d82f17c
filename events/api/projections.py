from typing import cast

from django.contrib.auth.models import User
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from events import bus
from events.bus import Order
from events.models import Projection
from events.services.commands import RebuildProjection
from portal.shared import clock
from portal.shared.api.idempotency import HEADER
from portal.shared.api.views import Endpoint


class ProjectionSerializer(serializers.ModelSerializer[Projection]):
    class Meta:
        model = Projection
        fields = (
            "name",
            "live_generation",
            "live_version",
            "live_position",
            "building_generation",
            "building_position",
            "started_at",
            "started_by",
            "swapped_at",
        )


class RebuiltSerializer(serializers.Serializer[None]):
    """`result` is the generation that is being built."""

    result = serializers.IntegerField()


class Projections(Endpoint):
    required_right = "events.view_projection"

    @extend_schema(operation_id="events_projections", responses=ProjectionSerializer(many=True))
    def get(self, _request: Request) -> Response:
        """Read models that follow the log, and how far each has come."""
        rows = Projection.objects.order_by("name")
        return Response(ProjectionSerializer(rows, many=True).data)


class Rebuild(Endpoint):
    required_right = "events.change_projection"

    @extend_schema(
        operation_id="events_projections_rebuild", request=None, responses=RebuiltSerializer
    )
    def post(self, request: Request, name: str) -> Response:
        """Build a read model anew beside the live one, which is read until it has caught up."""
        order = Order(
            at=clock.now(),
            issuer=cast("User", request.user),
            idempotency_key=request.headers.get(HEADER, ""),
        )
        return Response({"result": bus.execute(RebuildProjection(name=name), order)})
