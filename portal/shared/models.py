from django.conf import settings
from django.db import models


class IdempotencyRecord(models.Model):
    """An answer already given to an unsafe API call, so that a retry repeats the answer.

    The one concrete table of the kernel: it is written in the transaction of the effect
    (docs/decisions/0005-idempotency-keys.md).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)
    recorded_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], name="shared_idempotency_one_answer_a_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.user})"
