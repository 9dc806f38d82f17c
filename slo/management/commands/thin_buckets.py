from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from portal.shared import clock
from slo import services


class Command(BaseCommand):
    help = "Keep old buckets coarser, as SLO_BUCKET_TIERS says; Beat does a part of it each hour."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--again",
            action="store_true",
            help="look at all old rows once more, for counts that came late",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["again"]:
            services.forget_thinning()
        total, is_finished = 0, False
        while not is_finished:
            done = services.thin_buckets(at=clock.now())
            total, is_finished = total + done.rows, done.is_finished
        self.stdout.write(f"{total} rows went into coarser ones.")
