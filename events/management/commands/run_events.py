import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from events.pump import Pump


class Command(BaseCommand):
    help = "Order and deliver events as soon as they are committed, until SIGTERM or Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        asked_to_stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_signal: asked_to_stop.set())
        pump = Pump()
        pump.start()
        self.stdout.write("Carrying events; Ctrl-C ends it.")
        while pump.is_alive() and not asked_to_stop.wait(1.0):
            pass
        pump.stop()
