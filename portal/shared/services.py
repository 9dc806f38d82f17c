from datetime import datetime, timedelta

from portal.shared.models import IdempotencyRecord

IDEMPOTENCY_RETENTION = timedelta(hours=48)


def forget_idempotency_keys(*, at: datetime) -> int:
    """This will delete the answers older than two days and return how many."""
    expired = IdempotencyRecord.objects.filter(recorded_at__lt=at - IDEMPOTENCY_RETENTION)
    deleted, _by_model = expired.delete()
    return deleted
