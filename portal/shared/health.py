"""Is this process alive, and can it do its work: /healthz and /readyz."""

from collections.abc import Callable

import structlog
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from portal.shared import metrics
from portal.shared.registry import Registry

log = structlog.get_logger(__name__)

# /readyz asks for no account, and an error names hosts and users: it goes to the log.
# A check returns nothing when all is well, and else one sentence for the operator.
Check = Callable[[], str | None]

checks: Registry[Check] = Registry("readiness check")


def _database() -> str | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        log.warning("database_does_not_answer", reason=str(error))
        return "The database does not answer; the log has the reason."
    return None


def _migrations() -> str | None:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "The database does not answer, so its migrations are unknown."
    if pending:
        return f"{len(pending)} migrations wait; run `manage.py migrate`."
    return None


def _cache() -> str | None:
    try:
        cache.set("readyz", 1, timeout=10)
    except Exception as error:  # noqa: BLE001  (redis-py's errors share no base with OSError)
        log.warning("cache_does_not_answer", reason=str(error))
        return "The cache at REDIS_URL does not answer; the log has the reason."
    return None


checks.register("database", _database)
checks.register("migrations", _migrations)
checks.register("cache", _cache)


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    parts = {name: check() for name, check in checks}
    ready = not any(parts.values())
    return JsonResponse(
        {
            "status": "ok" if ready else "not ready",
            "parts": {name: trouble or "ok" for name, trouble in parts.items()},
        },
        status=200 if ready else 503,
    )


@require_safe
def prometheus(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        metrics.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8"
    )
