from django.db.models import QuerySet

from resilience.models import Bulkhead


def all_bulkheads() -> QuerySet[Bulkhead]:
    return Bulkhead.objects.order_by("slug")
