import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from rich.console import Console

from portal.demo import processes, stage
from portal.demo.ports import free_port
from portal.demo.receiver import Receiver
from portal.demo.story import Story, Teller
from portal.demo.traffic import Traffic
from portal.shared import clock


class Command(BaseCommand):
    help = "Show one burn carried from real traffic to an acknowledged page and a review."

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        with ExitStack() as until_the_end:
            is_ours = not processes.portal_answers()
            if is_ours:
                console.print("No portal answers yet; starting one.")
                until_the_end.enter_context(processes.running(processes.portal()))
                processes.wait_until_it_answers(f"{settings.PORTAL_URL}/readyz")
            self._tell(console)
            console.print(f"\nAll of it is at {settings.PORTAL_URL}/admin/")
            if is_ours and sys.stdin.isatty():
                input("Enter stops the portal; `make run` starts it again with this data. ")

    def _tell(self, console: Console) -> None:
        with ExitStack() as scene:
            receiver = scene.enter_context(Receiver())
            objective = stage.set_stage(receiver=receiver.address, at=clock.now())
            scene.callback(stage.leave_stage)
            receiver.secrets = stage.signing_secrets()
            folder = Path(scene.enter_context(tempfile.TemporaryDirectory()))
            log = folder / "access.log"
            log.touch()
            port = free_port()
            shop = f"http://127.0.0.1:{port}"
            scene.enter_context(processes.running(processes.shop(log, port=port)))
            processes.wait_until_it_answers(shop)
            scene.enter_context(processes.running(processes.follower(log), is_quiet=True))
            scene.enter_context(Traffic(shop, requests_per_second=stage.REQUESTS_PER_SECOND))
            teller = Teller(console)
            scene.enter_context(teller.progress)
            Story(teller, objective, receiver, shop).tell()
