from factory.declarations import Sequence
from factory.django import DjangoModelFactory

from resilience.models import Bulkhead


class BulkheadFactory(DjangoModelFactory[Bulkhead]):
    class Meta:
        model = Bulkhead

    slug = Sequence(lambda n: f"bulkhead-{n}")
    name = Sequence(lambda n: f"Bulkhead {n}")
    max_concurrent = 1
    max_queue = 1
    timeout_seconds = 1
