"""The broker that MESSAGE_BROKER names, one for each process."""

import os
import threading

from django.conf import settings
from django.utils.module_loading import import_string

from events.providers.base import Broker
from portal.shared import effects

# By path: a portal that uses no RabbitMQ and no Kafka loads neither's client.
PATHS = {
    "in_memory": "events.providers.in_memory.InMemory",
    "rabbitmq": "events.providers.rabbitmq.RabbitMQ",
    "kafka": "events.providers.kafka.Kafka",
}

_lock = threading.Lock()
_made: dict[tuple[int, str], Broker] = {}


def broker() -> Broker:
    """This will return this process's broker; a forked child gets one of its own."""
    effects.about_to("broker", settings.MESSAGE_BROKER)
    key = (os.getpid(), settings.MESSAGE_BROKER)
    with _lock:
        if key not in _made:
            _made[key] = import_string(PATHS[settings.MESSAGE_BROKER])()
        return _made[key]


def forget() -> None:
    """This will close the broker; the next who asks gets a new one."""
    with _lock:
        for made in _made.values():
            made.close()
        _made.clear()
