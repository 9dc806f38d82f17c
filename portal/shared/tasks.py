"""The base of every Celery task, and the poke that wakes one."""

from typing import Any

import structlog
from celery import Task, current_app, shared_task
from django.db import transaction
from kombu.exceptions import KombuError

from portal.shared import clock, effects, services

log = structlog.get_logger(__name__)


class PortalTask(Task):  # type: ignore[type-arg]  # celery-types makes Task generic, Celery does not
    """Logs its failure with its ids; what it leaves undone is a row that a sweep finds."""

    abstract = True

    def on_failure(self, exc: Exception, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        log.error("task_failed", task=self.name, task_id=task_id, exc_info=exc)


def poke(task_name: str) -> None:
    """This will ask a worker to run the sweep once this transaction has committed.

    A poke is never the record of anything. When no broker takes it, the row waits for
    the next tick of Beat, so the failure is logged and not raised.
    """
    effects.about_to("poke", task_name)
    transaction.on_commit(lambda: _send(task_name))


def _send(task_name: str) -> None:
    try:
        current_app.send_task(task_name, retry=False)
    except (KombuError, OSError) as error:
        log.warning("poke_not_sent", task=task_name, reason=str(error))


@shared_task(name="shared.forget_idempotency_keys")
def forget_idempotency_keys() -> None:
    services.forget_idempotency_keys(at=clock.now())
