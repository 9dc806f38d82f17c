from portal.shared.api.views import ReadOnlyViewSet
from resilience import selectors
from resilience.api.serializers import BulkheadSerializer


class BulkheadViewSet(ReadOnlyViewSet):
    """The limits that are stored for each dependency."""

    queryset = selectors.all_bulkheads()
    serializer_class = BulkheadSerializer
    lookup_field = "slug"
