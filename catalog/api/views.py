from typing import cast

from django.contrib.auth.models import User
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from catalog import selectors, services
from catalog.api.serializers import (
    EnvironmentSerializer,
    ImportOutcomeSerializer,
    ImportSerializer,
    ServiceSerializer,
    TeamSerializer,
)
from catalog.models import Service
from portal.shared import clock
from portal.shared.api.idempotency import answer_once
from portal.shared.api.views import Endpoint, ReadOnlyViewSet


class ServiceFilter(filters.FilterSet):
    owner = filters.CharFilter(field_name="owner__slug", help_text="Slug of a team.")

    class Meta:
        model = Service
        fields = ("owner", "tier")


@extend_schema_view(
    retrieve=extend_schema(
        description="One service, by slug, with what it needs and what needs it."
    )
)
class ServiceViewSet(ReadOnlyViewSet):
    """The services, with what each needs and what needs it."""

    queryset = selectors.services_with_dependencies()
    serializer_class = ServiceSerializer
    filterset_class = ServiceFilter
    lookup_field = "slug"


class TeamViewSet(ReadOnlyViewSet):
    """The teams and the people in them."""

    queryset = selectors.teams_with_members()
    serializer_class = TeamSerializer


class EnvironmentViewSet(ReadOnlyViewSet):
    """The environments in the order of promotion."""

    queryset = selectors.all_environments()
    serializer_class = EnvironmentSerializer


class ImportCatalog(Endpoint):
    required_right = "catalog.import_services"

    @extend_schema(request=ImportSerializer, responses={200: ImportOutcomeSerializer})
    def post(self, request: Request) -> Response:
        """Take services and teams from a YAML document, wholly or not at all."""
        wanted = ImportSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        at = clock.now()

        def take_in() -> Response:
            outcome = services.import_catalog(
                text=wanted.validated_data["document"],
                source=wanted.validated_data["source"],
                acting_user=cast("User", request.user),
                at=at,
            )
            return Response(ImportOutcomeSerializer(outcome).data)

        return answer_once(request, at=at, answer=take_in)
