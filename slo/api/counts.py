"""The REST door for counts that others counted for themselves."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from portal.shared import clock
from portal.shared.api.idempotency import answer_once
from portal.shared.api.views import Endpoint
from portal.shared.errors import FieldError
from slo import services
from slo.api.serializers import IngestedSerializer
from slo.api.views import ingested_document
from slo.errors import CountsRefused

AN_OBJECT = 'Send an object: {"counts": [...], "partial": false}.'


class ReportedCountSerializer(serializers.Serializer[None]):
    """Describes one count; `rules.count_validation` is what checks it."""

    indicator = serializers.SlugField(help_text="One of the kind counts.")
    minute = serializers.DateTimeField(help_text="Any moment of it.")
    good = serializers.IntegerField(min_value=0)
    total = serializers.IntegerField(min_value=0, help_text="0: nothing came, and that is known.")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "One minute",
            {
                "counts": [
                    {
                        "indicator": "checkout-payments",
                        "minute": "2026-03-02T12:00:00Z",
                        "good": 998,
                        "total": 1000,
                    }
                ]
            },
            request_only=True,
        )
    ]
)
class CountsSerializer(serializers.Serializer[None]):
    counts = ReportedCountSerializer(many=True)
    partial = serializers.BooleanField(  # type: ignore[assignment]  # the API's name, DRF's too
        default=False, help_text="Add what is right and reject the rest."
    )


class CountsView(Endpoint):
    required_right = "slo.add_bucket"

    @extend_schema(
        operation_id="slo_report_counts", request=CountsSerializer, responses=IngestedSerializer
    )
    def post(self, request: Request) -> Response:
        """Add counts of whole minutes: all of a batch or nothing, unless it is partial."""
        items, partial = _batch(request.data)
        at = clock.now()

        def ingest() -> Response:
            ingested = services.ingest_counts(items=items, partial=partial, at=at)
            return Response(ingested_document(ingested))

        return answer_once(request, at=at, answer=ingest)


def _batch(document: Any) -> tuple[list[Any], bool]:
    if not isinstance(document, dict):
        raise CountsRefused(AN_OBJECT, fields=[FieldError("/", AN_OBJECT)])
    items, partial = document.get("counts"), document.get("partial", False)
    errors = [
        FieldError(f"/{ascii(name)[1:-1]}", "Unknown field.")
        for name in document
        if name not in {"counts", "partial"}
    ]
    if not isinstance(items, list):
        errors.append(FieldError("/counts", "A list of counts is needed."))
    if not isinstance(partial, bool):
        errors.append(FieldError("/partial", "true or false is needed."))
    if errors:
        raise CountsRefused(AN_OBJECT, fields=errors)
    return list(items or ()), bool(partial)
