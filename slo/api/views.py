from collections import Counter
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from portal.shared import clock
from portal.shared.api.idempotency import answer_once
from portal.shared.api.views import Endpoint
from portal.shared.errors import FieldError
from slo import selectors, services
from slo.api.moments import AT, moment_asked_for
from slo.api.serializers import (
    DashboardSerializer,
    IngestedSerializer,
    ObjectiveStatusSerializer,
    ReportSerializer,
    status_document,
)
from slo.errors import RequestsRefused
from slo.rules.alert_level import Level

AN_OBJECT = 'Send an object: {"requests": [...], "partial": false}.'


class DashboardView(Endpoint):
    required_right = "slo.view_objective"

    @extend_schema(operation_id="slo_dashboard", responses=DashboardSerializer)
    def get(self, request: Request) -> Response:
        """How every active objective stands, and how many there are at each level."""
        at = clock.now()
        statuses = selectors.all_objective_statuses(at=at)
        # Forecasting each of many now would cost more than all the rest.
        depletions = selectors.latest_depletions([status.pk for status in statuses], at=at)
        counts = Counter(status.level for status in statuses)
        return Response(
            {
                "generated_at": at,
                "levels": {level.value: counts[level] for level in Level},
                "objectives": [
                    status_document(status, depletions.get(status.pk)) for status in statuses
                ],
            }
        )


class BurnRateView(Endpoint):
    required_right = "slo.view_objective"

    @extend_schema(
        operation_id="slo_burn_rate",
        parameters=[AT],
        responses=ObjectiveStatusSerializer,
    )
    def get(self, request: Request, slo_id: str) -> Response:
        """How one objective stands now, or stood at a moment."""
        at = moment_asked_for(request)
        objective = selectors.get_objective(slo_id)
        status = selectors.objective_statuses([objective], at=at)[0]
        forecast = selectors.forecast_of(objective, at=at)
        return Response(status_document(status, forecast.depletion))


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
            return Response(ingested_document(ingested))

        return answer_once(request, at=at, answer=ingest)


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


def ingested_document(ingested: services.Ingested) -> dict[str, Any]:
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
