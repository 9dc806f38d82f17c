"""A Prometheus that is read from: raw samples of a selector, over its HTTP API."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from portal.shared import http
from slo.errors import PrometheusFailed
from slo.rules.counter import SECOND, Sample
from slo.rules.prometheus_address import query_address

SECONDS_TO_ANSWER = 10.0
MOST_BYTES = 8_000_000
LONGEST_DETAIL = 120


class TooMuchAtOnce(PrometheusFailed):
    """The answer for so long a span is too large; a shorter one may not be."""


def raw_samples(
    url: str, selector: str, *, seconds: int, until: int
) -> list[tuple[dict[str, str], list[Sample]]]:
    """This will return the series of a selector with the samples of the span before a moment.

    `until` is in seconds since 1970. Raises PrometheusFailed and what `http.call` raises.
    """
    asked = urlencode({"query": f"{selector}[{seconds}s]", "time": until})
    answer = http.call(
        "GET",
        f"{query_address(url)}?{asked}",
        deadline_seconds=SECONDS_TO_ANSWER,
        body_limit=MOST_BYTES,
    )
    if len(answer.body) >= MOST_BYTES:
        raise TooMuchAtOnce(f"The samples of {seconds} s are more than {MOST_BYTES} bytes.")
    if not answer.is_success:
        detail = _error_in(answer.body)
        raise PrometheusFailed(f"Prometheus answered {answer.status}{detail}.")
    try:
        return list(_series(json.loads(answer.body)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PrometheusFailed("The answer is none of Prometheus' query API.") from error


def _series(document: Any) -> Iterator[tuple[dict[str, str], list[Sample]]]:
    found = document["data"]
    if found["resultType"] != "matrix":
        raise ValueError(found["resultType"])
    for series in found["result"]:
        labels = {str(name): str(value) for name, value in series["metric"].items()}
        yield labels, [_sample(*pair) for pair in series.get("values", ())]


def _sample(at: float, value: str) -> Sample:
    # Prometheus keeps milliseconds, and a float of seconds has room for no more.
    return Sample(round(at * 1000) * (SECOND // 1000), float(value))


def _error_in(body: bytes) -> str:
    try:
        return f": {str(json.loads(body)['error'])[:LONGEST_DETAIL]}"
    except (ValueError, KeyError, TypeError):
        return ""
