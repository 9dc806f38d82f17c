"""Objectives in and out, as documents that others write and read."""

from collections.abc import Iterable
from typing import Any, cast

from django.contrib.auth.models import User
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_serializer,
)
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.rules.yaml_document import LARGEST_BYTES
from portal.shared import clock
from portal.shared.api.idempotency import answer_once
from portal.shared.api.views import Endpoint
from portal.shared.errors import FieldError
from slo import selectors, services
from slo.errors import ExportRefused
from slo.services import Imported

FORMATS = ("openslo", "prometheus")
RIGHT_TO_CREATE_SERVICES = "catalog.import_services"

_EXAMPLE = """\
version: prometheus/v1
service: checkout
slos:
  - name: requests
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(http_requests_total{job="checkout",code=~"5.."}[{{.window}}]))
        total_query: sum(rate(http_requests_total{job="checkout"}[{{.window}}]))
"""


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "One objective of Sloth", {"document": _EXAMPLE, "dry_run": True}, request_only=True
        )
    ]
)
class ObjectiveImportSerializer(serializers.Serializer[None]):
    document = serializers.CharField(
        # Trimming would move the lines that problems name.
        trim_whitespace=False,
        max_length=LARGEST_BYTES,
        help_text="The text of a YAML file: OpenSLO v1, Sloth or Pyrra.",
    )
    dry_run = serializers.BooleanField(
        default=False, help_text="Say what would be done, and store nothing."
    )
    create_services = serializers.BooleanField(
        default=False, help_text=f"Create services the catalog lacks; {RIGHT_TO_CREATE_SERVICES}."
    )
    service = serializers.SlugField(
        default="", allow_blank=True, help_text="Whose objectives are that do not say so (Pyrra)."
    )


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "One objective made",
            {
                "created": ["checkout-requests"],
                "changed": [],
                "unchanged": [],
                "indicators_created": ["checkout-requests"],
                "indicators_changed": [],
                "services_created": [],
                "skipped": [],
                "dry_run": False,
            },
            response_only=True,
        )
    ]
)
class ObjectivesImportedSerializer(serializers.Serializer[Imported]):
    created = serializers.ListField(child=serializers.CharField())
    changed = serializers.ListField(child=serializers.CharField())
    unchanged = serializers.ListField(child=serializers.CharField())
    indicators_created = serializers.ListField(child=serializers.CharField())
    indicators_changed = serializers.ListField(child=serializers.CharField())
    services_created = serializers.ListField(child=serializers.CharField())
    skipped = serializers.ListField(
        child=serializers.CharField(), help_text="What has no place in the portal, in sentences."
    )
    dry_run = serializers.BooleanField(source="is_dry_run")


class YamlText(JSONRenderer):
    """Text as it is; a problem document, which is no text, as JSON."""

    media_type = "text/yaml"
    format = "yaml"
    charset = "utf-8"

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return data.encode() if isinstance(data, str) else super().render(data, *args, **kwargs)


class YamlAlone(DefaultContentNegotiation):
    """There is one form of answer, and `?format=` says what is exported, not how."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class ImportView(Endpoint):
    required_right = "slo.add_objective"

    @extend_schema(
        operation_id="slo_import",
        request=ObjectiveImportSerializer,
        responses={200: ObjectivesImportedSerializer},
    )
    def post(self, request: Request) -> Response:
        """Take objectives from an OpenSLO, Sloth or Pyrra document, wholly or not at all."""
        wanted = ObjectiveImportSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        asked = wanted.validated_data
        user = cast("User", request.user)
        if asked["create_services"] and not user.has_perm(RIGHT_TO_CREATE_SERVICES):
            raise PermissionDenied(
                f"Creating services needs the right {RIGHT_TO_CREATE_SERVICES} as well."
            )
        at = clock.now()

        def take_in() -> Response:
            imported = services.import_objectives(
                text=asked["document"],
                at=at,
                acting_user=user,
                create_services=asked["create_services"],
                default_service=asked["service"],
                is_dry_run=asked["dry_run"],
            )
            return Response(ObjectivesImportedSerializer(imported).data)

        return answer_once(request, at=at, answer=take_in)


class ExportView(Endpoint):
    required_right = "slo.view_objective"
    renderer_classes = [YamlText]
    content_negotiation_class = YamlAlone

    @extend_schema(
        operation_id="slo_export",
        parameters=[
            OpenApiParameter("format", str, enum=FORMATS, description="OpenSLO if left out."),
            OpenApiParameter(
                "objective", str, many=True, description="Slugs; all active ones if left out."
            ),
        ],
        responses={(200, "text/yaml"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> Response:
        """Objectives as OpenSLO, or as rules of Prometheus; what rules cannot say is named."""
        slugs = request.query_params.getlist("objective")
        match request.query_params.get("format", "openslo"):
            case "openslo":
                text = selectors.openslo_text(slugs)
            case "prometheus":
                text, _left_out = selectors.prometheus_text(slugs)
            case other:
                known = " or ".join(FORMATS)
                raise ExportRefused(
                    "There is no such format.",
                    fields=[FieldError("/format", f"Use {known}, not {ascii(other)[:60]}.")],
                )
        return Response(text, content_type="text/yaml; charset=utf-8")
