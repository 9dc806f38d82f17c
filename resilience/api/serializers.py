from rest_framework import serializers

from resilience.models import Bulkhead


class BulkheadSerializer(serializers.ModelSerializer[Bulkhead]):
    class Meta:
        model = Bulkhead
        fields = ("slug", "name", "max_concurrent", "max_queue", "timeout_seconds")
