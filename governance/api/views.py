from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from governance import selectors
from governance.api.serializers import (
    GovernanceDashboardSerializer,
    OwaspComplianceSerializer,
)
from portal.shared import clock
from portal.shared.api.views import Endpoint


class DashboardView(Endpoint):
    required_right = "governance.view_api"

    @extend_schema(responses=GovernanceDashboardSerializer)
    def get(self, request: Request) -> Response:
        """What is registered, and which versions are near their last day.

        `score` is null as long as no audit has run; `score_reason` says so.
        """
        dashboard = selectors.dashboard(at=clock.now())
        return Response(GovernanceDashboardSerializer(dashboard).data)


class OwaspComplianceView(Endpoint):
    required_right = "governance.view_api"

    @extend_schema(responses=OwaspComplianceSerializer)
    def get(self, request: Request) -> Response:
        """The OWASP API Security Top 10 (2023), category by category.

        A category without evidence is `unknown`, and unknown is not pass.
        """
        return Response(OwaspComplianceSerializer(selectors.owasp_compliance()).data)
