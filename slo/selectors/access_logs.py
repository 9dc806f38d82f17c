from django.db.models import Sum

from slo.models import LogCursor


def malformed_line_count() -> dict[str, int]:
    """This will return the lines that no request was read from, by the slug of the service."""
    rows = LogCursor.objects.values("service__slug").annotate(lines=Sum("malformed_count"))
    return {row["service__slug"]: row["lines"] for row in rows.order_by("service__slug")}
