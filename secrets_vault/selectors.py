from django.db.models import Count, QuerySet

from catalog import selectors as catalog
from catalog.models import Environment
from secrets_vault.models import SecretAccess


def environments_with_counts() -> QuerySet[Environment]:
    """This will return the environments in order of promotion, each with `secret_count`."""
    return catalog.all_environments().annotate(secret_count=Count("secrets"))


def secret_accesses() -> QuerySet[SecretAccess]:
    """This will return the audit, newest first."""
    return SecretAccess.objects.order_by("-at", "-id")
