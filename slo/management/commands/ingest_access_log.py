from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from portal.shared import clock
from slo import services
from slo.rules.access_log import RequestTimeUnit


class Command(BaseCommand):
    help = "Count what an access log holds, once, from where the last reader stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_log_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        follower = follower_for(options)
        try:
            while follower.advance(at=clock.now(), is_one_pass=True):
                pass
        finally:
            follower.close()
        self.stdout.write(summary(follower.progress))


def add_log_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="common or combined format")
    parser.add_argument("--service", required=True, help="slug of the service that wrote it")
    parser.add_argument(
        "--request-time-unit",
        choices=[unit.value for unit in RequestTimeUnit],
        default=RequestTimeUnit.SECONDS.value,
        help="unit of a request time at the end of each line (default: seconds)",
    )


def follower_for(options: dict[str, Any]) -> services.AccessLogFollower:
    return services.AccessLogFollower(
        path=options["file"],
        service_slug=options["service"],
        unit=RequestTimeUnit(options["request_time_unit"]),
    )


def summary(progress: services.Progress) -> str:
    told = (
        f"{progress.lines} lines read: {progress.counted} requests, {progress.malformed} malformed."
    )
    if progress.malformed:
        told += f" Last malformed: {progress.last_malformed_reason}"
    return told
