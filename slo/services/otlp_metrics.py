"""Counting what OpenTelemetry sends."""

from collections.abc import Callable
from datetime import datetime

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)

from slo import selectors
from slo.errors import MetricsRefused
from slo.models import Refusal
from slo.rules.otlp_metrics import OtlpRefused, read_json, read_protobuf, readings_of
from slo.rules.refusal_tally import RefusalTally
from slo.services.metrics import take_in

CHANNEL = Refusal.Channel.OTLP.value


def receive_otlp_metrics(*, body: bytes, is_json: bool, at: datetime) -> RefusalTally:
    """This will count an ExportMetricsServiceRequest, and return what was refused of it.

    Raises MetricsRefused when it is none; nothing is counted then.
    """
    read: Callable[[bytes], ExportMetricsServiceRequest] = read_json if is_json else read_protobuf
    try:
        request = read(body)
    except OtlpRefused as error:
        raise MetricsRefused(str(error)) from error
    refusals = RefusalTally()
    readings = readings_of(request, selectors.pushed_routes(), refusals, channel=CHANNEL)
    take_in(channel=CHANNEL, readings=readings, refusals=refusals, at=at)
    return refusals
