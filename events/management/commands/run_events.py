import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from events.movers.crew import Crew


class Command(BaseCommand):
    help = "Order, deliver, relay and take in events until SIGTERM or Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        asked_to_stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_signal: asked_to_stop.set())
        crew = Crew()
        crew.start()
        self.stdout.write("Carrying events; Ctrl-C ends it.")
        while crew.is_whole() and not asked_to_stop.wait(1.0):
            pass
        crew.stop()
