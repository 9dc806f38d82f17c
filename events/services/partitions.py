"""Making room for the events of the days to come."""

from datetime import datetime

import structlog
from django.conf import settings
from django.contrib.auth.models import User

from events.storage import partitions

log = structlog.get_logger(__name__)


def prepare_partitions(*, at: datetime) -> list[str]:
    """This will make the partitions of the coming week that are missing; returns their names."""
    made = partitions.prepare(settings.EVENT_RETENTION_CLASSES, at=at)
    stray = partitions.default_rows()
    if stray:
        log.warning("events_outside_partitions", events=stray)
    return made


def seed_defaults(at: datetime, _operator: User | None) -> list[str]:
    """This will prepare the log of a fresh portal; returns a sentence for what was made."""
    made = prepare_partitions(at=at)
    return [f"Room for events made: {len(made)} partitions."] if made else []
