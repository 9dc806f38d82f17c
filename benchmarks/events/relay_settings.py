"""The portal with the two peers of `events.relay` installed beside it."""

import os

from portal.settings.local import *  # noqa: F403  (the one place a star is allowed: settings)
from portal.settings.local import INSTALLED_APPS as PORTAL_APPS
from portal.settings.local import RABBITMQ_HOST, RABBITMQ_PASSWORD, RABBITMQ_USER, RABBITMQ_VHOST

INSTALLED_APPS = [*PORTAL_APPS, "django_outbox_pattern", "django_celery_outbox"]
MESSAGE_BROKER = "rabbitmq"
# Of this run alone; what it made at the broker is deleted after it.
EVENT_BROKER_PREFIX = f"benchmark.{os.environ['BENCHMARK']}"

DJANGO_OUTBOX_PATTERN = {
    # It sleeps a second after each look: that is not what is measured.
    "DEFAULT_PRODUCER_WAITING_TIME": 0,
    "DEFAULT_STOMP_HOST_AND_PORTS": [(RABBITMQ_HOST, 61613)],
    "DEFAULT_STOMP_USERNAME": RABBITMQ_USER,
    "DEFAULT_STOMP_PASSCODE": RABBITMQ_PASSWORD,
    "DEFAULT_STOMP_VHOST": RABBITMQ_VHOST,
}
CELERY_OUTBOX_APP = "benchmarks.events.relay_celery.app"
# Nobody listens to its statistics here.
MONITORING_METRICS_ENABLED = False
