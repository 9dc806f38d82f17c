from drf_spectacular.utils import extend_schema, extend_schema_view

from portal.shared.api.views import ReadOnlyViewSet
from resilience import selectors
from resilience.api.serializers import BulkheadSerializer


@extend_schema_view(retrieve=extend_schema(description="The limits of one dependency, by slug."))
class BulkheadViewSet(ReadOnlyViewSet):
    """The limits that are stored for each dependency."""

    queryset = selectors.all_bulkheads()
    serializer_class = BulkheadSerializer
    lookup_field = "slug"
