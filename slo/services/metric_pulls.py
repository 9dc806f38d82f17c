"""Reading counters from a Prometheus that is there already, a span at a time."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q

from portal.shared.errors import DomainError
from portal.shared.stopwatch import Stopwatch
from slo import selectors
from slo.models import MetricSource, Refusal
from slo.providers.prometheus import TooMuchAtOnce, raw_samples
from slo.rules.counter import Sample
from slo.rules.metric_routes import Role, Route, SourceDefinition, series_key
from slo.rules.metric_selector import parse_selector
from slo.rules.readings import Readings
from slo.rules.refusal_tally import RefusalTally
from slo.rules.request_validation import OLDEST
from slo.services.metrics import take_in

log = structlog.get_logger(__name__)

CHANNEL = Refusal.Channel.PULL.value
# A scrape is stored a while after the moment that it carries; spans overlap by this much.
OVERLAP = timedelta(minutes=1)
FIRST_SPAN = timedelta(minutes=5)
LONGEST_SPAN = timedelta(hours=1)
SHORTEST_SPAN = timedelta(minutes=1)
# One run of the sweep ends before the next but one begins.
LONGEST_RUN = timedelta(seconds=100)
LONGEST_ERROR = 300


def pull_metrics(*, at: datetime) -> int:
    """This will read every source on, and return how many samples' series were counted.

    A source that fails says so and holds up no other; its Prometheus is not asked again in
    the same run, and is read on from where it was when it answers.
    """
    watch, failed, pulled = Stopwatch(at), set[str](), 0
    for source in selectors.pulled_sources():
        if source.pull_url in failed:
            continue
        if watch.now() - at > LONGEST_RUN:
            log.warning("metrics_not_all_pulled", source=source.pk)
            break
        try:
            pulled += _read_on(source, at=at, watch=watch)
        except DomainError as error:
            failed.add(source.pull_url)
            log.warning("metrics_not_pulled", source=source.pk, error=error.detail)
            MetricSource.objects.filter(pk=source.pk).update(
                last_error=error.detail[:LONGEST_ERROR]
            )
    return pulled


def _read_on(source: MetricSource, *, at: datetime, watch: Stopwatch) -> int:
    began = source.pulled_until or at - FIRST_SPAN
    begin, span, pulled = max(began, at - OLDEST), LONGEST_SPAN, 0
    while begin < at and watch.now() - at <= LONGEST_RUN:
        end = min(begin + span, at)
        try:
            pulled += pull_span(source=source, begin=begin, end=end, at=at)
        except TooMuchAtOnce:
            if span <= SHORTEST_SPAN:
                raise
            span /= 2
        else:
            begin = end
    return pulled


def pull_span(*, source: MetricSource, begin: datetime, end: datetime, at: datetime) -> int:
    """This will count the samples of one span; what was counted before adds nothing."""
    definition = selectors.definition_of(source)
    seconds = int((end - begin + OVERLAP).total_seconds()) + 1
    until = int(end.timestamp()) + (end.microsecond > 0)
    readings = [
        reading
        for role, text in definition.selectors
        for reading in _readings(
            _route(definition, role, text),
            raw_samples(source.pull_url, text, seconds=seconds, until=until),
        )
    ]
    with transaction.atomic():
        take_in(channel=CHANNEL, readings=readings, refusals=RefusalTally(), at=at)
        # Another reader of the same source may be further.
        behind = Q(pulled_until=None) | Q(pulled_until__lt=end)
        MetricSource.objects.filter(behind, pk=source.pk).update(pulled_until=end)
        MetricSource.objects.filter(pk=source.pk).exclude(last_error="").update(last_error="")
    return len(readings)


def _route(definition: SourceDefinition, role: Role, text: str) -> Route:
    return Route(definition, role, parse_selector(text))


def _readings(route: Route, found: list[tuple[dict[str, str], list[Sample]]]) -> list[Readings]:
    readings = []
    for labels, samples in found:
        named = {name: value for name, value in labels.items() if name != "__name__"}
        key = series_key(channel=CHANNEL, route=route, labels=named)
        readings.append(Readings(route, key, named, samples))
    return readings
