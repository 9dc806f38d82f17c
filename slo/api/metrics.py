"""The doors for metrics systems: Prometheus remote_write 1.0, and OTLP over HTTP.

Their senders drop what is answered with a 4xx and send again what is answered with a 503, so
bad data is never a 5xx, and a database that does not answer is never anything else.
"""

import zlib
from collections.abc import Mapping
from typing import IO, Any, cast

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from google.protobuf.json_format import MessageToJson
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from portal.shared import clock
from portal.shared.api.views import Endpoint
from portal.shared.errors import TooLarge, Unavailable
from slo import services
from slo.errors import FormatNotTaken, MetricsRefused
from slo.rules.refusal_tally import RefusalTally
from slo.rules.remote_write import MOST_BYTES

PROTOBUF, JSON = "application/x-protobuf", "application/json"
REMOTE_WRITE_1 = "prometheus.WriteRequest"
VERSION = "X-Prometheus-Remote-Write-Version"
GZIP = 31
A_BLOCK = OpenApiExample(
    "A compressed WriteRequest", "(snappy block)", request_only=True, media_type=PROTOBUF
)
A_MESSAGE = OpenApiExample("A message", "(protobuf)", request_only=True, media_type=PROTOBUF)
A_DOCUMENT = OpenApiExample(
    "A counter",
    {
        "resourceMetrics": [
            {
                "resource": {
                    "attributes": [{"key": "service.name", "value": {"stringValue": "checkout"}}]
                },
                "scopeMetrics": [
                    {
                        "metrics": [
                            {
                                "name": "http.requests",
                                "sum": {
                                    "aggregationTemporality": 2,
                                    "isMonotonic": True,
                                    "dataPoints": [
                                        {
                                            "timeUnixNano": "1772452800000000000",
                                            "asInt": "1000",
                                        }
                                    ],
                                },
                            }
                        ]
                    }
                ],
            }
        ]
    },
    request_only=True,
    media_type=JSON,
)


class RawBody(BaseParser):
    """The bytes as they were sent, of whatever type, up to the limit."""

    media_type = "*/*"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body: bytes = stream.read(settings.REQUEST_BODY_LIMIT_BYTES + 1)
        if len(body) > settings.REQUEST_BODY_LIMIT_BYTES:
            raise TooLarge(f"The body is larger than {settings.REQUEST_BODY_LIMIT_BYTES} bytes.")
        return body


class MetricsEndpoint(Endpoint):
    required_right = "slo.add_bucket"
    parser_classes = [RawBody]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Senders accept protobuf alone, and read nothing but the status of a refusal."""
        return super().perform_content_negotiation(request, force=True)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, OperationalError | InterfaceError):
            exc = Unavailable(f"The database does not answer; send again. ({type(exc).__name__})")
        return super().handle_exception(exc)


class RemoteWriteView(MetricsEndpoint):
    @extend_schema(
        operation_id="slo_prometheus_write",
        request={PROTOBUF: OpenApiTypes.BINARY},
        examples=[A_BLOCK],
        responses={204: OpenApiResponse(description="Counted; what was refused is on a page.")},
    )
    def post(self, request: Request) -> HttpResponse:
        """Take samples as Prometheus sends them (remote_write 1.0); they count once."""
        _expect_remote_write_1(request)
        services.receive_remote_write(block=_body(request), at=clock.now())
        return HttpResponse(status=204)


class OtlpMetricsView(MetricsEndpoint):
    @extend_schema(
        operation_id="slo_otlp_metrics",
        request={PROTOBUF: OpenApiTypes.BINARY, JSON: OpenApiTypes.OBJECT},
        examples=[A_MESSAGE, A_DOCUMENT],
        responses={(200, JSON): OpenApiTypes.OBJECT, (200, PROTOBUF): OpenApiTypes.BINARY},
    )
    def post(self, request: Request) -> HttpResponse:
        """Take metrics as OpenTelemetry sends them (OTLP over HTTP); they count once."""
        kind, _parameters = _content_type(request)
        if kind not in {PROTOBUF, JSON}:
            raise FormatNotTaken(f"Send {PROTOBUF} or {JSON}.")
        body = _uncompressed(request)
        refusals = services.receive_otlp_metrics(body=body, is_json=kind == JSON, at=clock.now())
        answer = _answer(refusals)
        if kind == JSON:
            return HttpResponse(MessageToJson(answer, indent=None), content_type=JSON)
        return HttpResponse(answer.SerializeToString(), content_type=PROTOBUF)


def _content_type(request: Request) -> tuple[str, str]:
    kind, _semicolon, parameters = (request.content_type or "").partition(";")
    return kind.strip().lower(), parameters.replace(" ", "")


def _expect_remote_write_1(request: Request) -> None:
    """A sender of version 2.0 that is answered with 415 falls back to 1.0."""
    kind, parameters = _content_type(request)
    if kind != PROTOBUF or parameters not in {"", f"proto={REMOTE_WRITE_1}"}:
        raise FormatNotTaken(f"Send {PROTOBUF}: remote_write 1.0 is taken, no other version.")
    if request.headers.get("Content-Encoding", "").strip().lower() != "snappy":
        raise FormatNotTaken("Send Content-Encoding: snappy, a block and no stream.")
    version = request.headers.get(VERSION, "0.1.0")
    if not version.startswith(("0.1.", "1.0")):
        raise MetricsRefused(f"{VERSION} {version[:20]!a} is not taken; 0.1.0 is.")


def _body(request: Request) -> bytes:
    """An empty body is not parsed at all."""
    return cast("bytes", request.data or b"")


def _uncompressed(request: Request) -> bytes:
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    body = _body(request)
    if encoding in {"identity", ""}:
        return body
    if encoding != "gzip":
        raise FormatNotTaken("Send Content-Encoding: gzip, or none.")
    unpacking = zlib.decompressobj(GZIP)
    try:
        unpacked = unpacking.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise MetricsRefused("The body is not gzip.") from error
    if not unpacking.eof:
        if len(unpacked) >= MOST_BYTES:
            raise TooLarge(f"The body unpacks to more than {MOST_BYTES} bytes.")
        raise MetricsRefused("The body ends before gzip does.")
    return unpacked


def _answer(refusals: RefusalTally) -> ExportMetricsServiceResponse:
    answer = ExportMetricsServiceResponse()
    if refusals.wrong:
        reasons = sorted({reason for reason, _subject in refusals.refused})
        answer.partial_success.rejected_data_points = refusals.wrong
        answer.partial_success.error_message = f"Refused: {', '.join(reasons)}."
    return answer
