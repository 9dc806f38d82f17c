"""The Celery application; the clock is portal/settings/schedule.py."""

import os
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.local")

app = Celery("portal", task_cls="portal.shared.tasks:PortalTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_djangos_logging(**_signal: Any) -> None:
    """Connected so that Celery leaves the handlers alone that LOGGING has set up."""
