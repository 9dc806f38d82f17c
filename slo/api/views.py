from collections import Counter
from datetime import datetime
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from portal.shared import clock
from portal.shared.api.idempotency import answer_once
from portal.shared.api.views import Endpoint, ReadOnlyViewSet
from portal.shared.errors import FieldError
from slo import selectors, services
from slo.api.serializers import (
    DashboardSerializer,
    IndicatorSerializer,
    IngestedSerializer,
    ObjectiveSerializer,
    ObjectiveStatusSerializer,
    ReportSerializer,
    status_document,
)
from slo.errors import MomentRefused, RequestsRefused
from slo.rules.alert_level import Level
from slo.rules.request_validation import moment

AN_OBJECT = 'Send an object: {"requests": [...], "partial": false}.'


class DashboardView(Endpoint):
    required_right = "slo.view_objective"

    @extend_schema(operation_id="slo_dashboard", responses=DashboardSerializer)
    def get(self, request: Request) -> Response:
        """How every active objective stands, and how many there are at each level."""
        at = clock.now()
        statuses = selectors.all_objective_statuses(at=at)
        counts = Counter(status.level for status in statuses)
        return Response(
            {
                "generated_at": at,
                "levels": {level.value: counts[level] for level in Level},
                "objectives": [status_document(status) for status in statuses],
            }
        )


class BurnRateView(Endpoint):
    required_right = "slo.view_objective"

    @extend_schema(
        operation_id="slo_burn_rate",
        parameters=[
            OpenApiParameter(
                "at", datetime, description="A past moment to look at; now if left out."
            )
        ],
        responses=ObjectiveStatusSerializer,
    )
    def get(self, request: Request, slo_id: str) -> Response:
        """How one objective stands now, or stood at a moment."""
        status = selectors.objective_status(slo_id, at=moment_asked_for(request))
        return Response(status_document(status))


@extend_schema_view(retrieve=extend_schema(description="One promise, by slug."))
class ObjectiveViewSet(ReadOnlyViewSet):
    """What is promised."""

    queryset = selectors.all_objectives()
    serializer_class = ObjectiveSerializer
    filterset_fields = ("is_active", "level")
    lookup_field = "slug"


@extend_schema_view(retrieve=extend_schema(description="One indicator, by slug."))
class IndicatorViewSet(ReadOnlyViewSet):
    """What is counted."""

    queryset = selectors.all_indicators()
    serializer_class = IndicatorSerializer
    filterset_fields = ("kind",)
    lookup_field = "slug"


class RequestsView(Endpoint):
    required_right = "slo.add_bucket"

    @extend_schema(
        operation_id="slo_report_requests",
        request=ReportSerializer,
        responses=IngestedSerializer,
    )
    def post(self, request: Request) -> Response:
        """Count served requests: all of a batch or nothing, unless it is partial."""
        items, partial = _report(request.data)
        at = clock.now()

        def ingest() -> Response:
            ingested = services.ingest_requests(items, partial=partial, at=at)
            return Response(_ingested_document(ingested))

        return answer_once(request, at=at, answer=ingest)


def moment_asked_for(request: Request) -> datetime:
    """This will read `at` of the address; now when it is left out. Raises MomentRefused."""
    now = clock.now()
    asked = request.query_params.get("at")
    if asked is None:
        return now
    # A plus that was not escaped in the address arrives as a space.
    found = moment(asked) or moment("+".join(asked.rsplit(" ", 1)))
    if found is None:
        raise MomentRefused(
            "The moment cannot be read.",
            fields=[FieldError("/at", "Use a time with its offset: 2026-03-02T12:00:00Z.")],
        )
    if found > now:
        raise MomentRefused(
            "The moment has not come yet.", fields=[FieldError("/at", "Use a past time.")]
        )
    return found


def _report(document: Any) -> tuple[list[Any], bool]:
    """The items are checked by the service; a serializer for ten thousand takes seconds."""
    if not isinstance(document, dict):
        raise RequestsRefused(AN_OBJECT, fields=[FieldError("/", AN_OBJECT)])
    items, partial = document.get("requests"), document.get("partial", False)
    errors = [
        FieldError(f"/{ascii(name)[1:-1]}", "Unknown field.")
        for name in document
        if name not in {"requests", "partial"}
    ]
    if not isinstance(items, list):
        errors.append(FieldError("/requests", "A list of requests is needed."))
    if not isinstance(partial, bool):
        errors.append(FieldError("/partial", "true or false is needed."))
    if errors:
        raise RequestsRefused(AN_OBJECT, fields=errors)
    return list(items or ()), bool(partial)


def _ingested_document(ingested: services.Ingested) -> dict[str, Any]:
    return {
        "accepted": ingested.accepted,
        "rejected": [
            {
                "index": item.index,
                "errors": [
                    {"pointer": error.field, "detail": error.detail} for error in item.errors
                ],
            }
            for item in ingested.rejected
        ],
    }
