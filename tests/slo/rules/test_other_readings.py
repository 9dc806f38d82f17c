"""Sloth's and Pyrra's documents, and those of nobody: what is refused, where and why."""

import pytest

from slo.rules.definition import Series
from slo.rules.definition_document import read_definitions
from tests.slo.documents import OPENSLO, PYRRA, SLOTH

KUBERNETES = """\
apiVersion: sloth.slok.dev/v1
kind: PrometheusServiceLevel
metadata: {name: shop}
spec:
  service: shop
  slos:
    - name: requests
      objective: 99.9
      sli:
        events:
          errorQuery: sum(rate(bad[{{.window}}]))
          totalQuery: sum(rate(all[{{.window}}]))
      alerting:
        pageAlert: {disable: true}
"""
QUERY = next(line for line in SLOTH.splitlines(keepends=True) if "error_query" in line)


def problems(text: str, *, service: str = "shop") -> dict[str, str]:
    read = read_definitions(text, default_service=service)
    return {mistake.pointer: mistake.sentence for mistake in read.mistakes}


def test_reads_sloths_objects_of_kubernetes() -> None:
    read = read_definitions(KUBERNETES)

    assert read.mistakes == ()
    (indicator,), (objective,) = read.definitions.indicators, read.definitions.objectives
    assert indicator.series == Series("all", bad="bad")
    assert [pair.long_minutes for pair in objective.burn_windows or ()] == [1440, 4320]


@pytest.mark.parametrize(
    ("old", "new", "pointer", "why"),
    [
        ("prometheus/v1", "prometheus/v2", "/", "prometheus/v1 is read"),
        ("service: shop", "owner: shop", "/", "has no service"),
        ("objective: 99.9", "objective: 100", "/slos/0/objective", "no error budget"),
        ("objective: 99.9", "objective: 0x10", "/slos/0/objective", "must be a number"),
        ("      events:", "      raw:", "/slos/0/sli/raw", "cannot be known"),
        ("      events:", "      plugin:", "/slos/0/sli/plugin", "writes queries"),
        (QUERY, "", "/slos/0/sli/events", "has no error_query"),
        ("sum(rate(h_count[{{.window}}]))\n            -", "sum(rate(other[{{.window}}]))\n"
         "            -", "/slos/1/sli/events/error_query", "not the total"),
        ("disable: true", "disable: perhaps", "/slos/1/alerting/page_alert/disable",
         "true or false"),
        ("name: latency", "name: requests", "/slos/0", "one of several"),
        ("name: latency", "name: '...'", "/slos/1/name", "letters or digits"),
    ],
)  # fmt: skip
def test_refuses_what_sloth_says_and_we_cannot(old: str, new: str, pointer: str, why: str) -> None:
    assert old in SLOTH

    assert why in problems(SLOTH.replace(old, new))[pointer]


@pytest.mark.parametrize(
    ("old", "new", "pointer", "why"),
    [
        ("kind: ServiceLevelObjective", "kind: Other", "/kind", "must be ServiceLevelObjective"),
        ("window: 4w", "window: 1y", "/spec/window", "must be a length"),
        ("window: 4w", "window: 14w", "/spec/window", "at most 90"),
        ("ratio:", "bool_gauge:", "/spec/indicator/bool_gauge", "counts no requests"),
        ("ratio:", "latencyNative:", "/spec/indicator/latencyNative", "native histogram"),
        ("ratio:", "other:", "/spec/indicator", "must have one of"),
        ("      total:", "      grouping: [job]\n      total:", "/spec/indicator/ratio/grouping",
         "objective of each group"),
        ("errors:", "failures:", "/spec/indicator/ratio", "has no errors"),
    ],
)  # fmt: skip
def test_refuses_what_pyrra_says_and_we_cannot(old: str, new: str, pointer: str, why: str) -> None:
    assert old in PYRRA

    assert why in problems(PYRRA.replace(old, new))[pointer]


def test_asks_whose_an_objective_of_pyrra_is() -> None:
    labelled = PYRRA.replace("metadata:\n", "metadata:\n  labels: {pyrra.dev/service: blog}\n")

    assert "whose it is" in problems(PYRRA, service="")["/"]
    assert read_definitions(labelled).definitions.objectives[0].service == "blog"


@pytest.mark.parametrize(
    ("alerting", "says_nothing"),
    [("{disabled: true}", False), ("{burnrates: false}", False), ("{absent: true}", True)],
)
def test_reads_whether_pyrra_alerts(alerting: str, says_nothing: bool) -> None:
    read = read_definitions(f"{PYRRA}  alerting: {alerting}\n", default_service="shop")

    assert (read.definitions.objectives[0].burn_windows is None) is says_nothing


@pytest.mark.parametrize(
    ("text", "pointer", "why"),
    [
        ("", "/", "holds no objective"),
        ("kind: ConfigMap\napiVersion: v1", "/", "is none of OpenSLO"),
        ("just words", "/", "is none of OpenSLO"),
        ("a: &anchor 1\nb: *anchor", "/", "anchor or an alias"),
        ("a: " + "[" * 40, "/", "nested deeper"),
        ("a: {", "/", "is not YAML"),
        ("!!python/object:os.system x", "/", "is none of OpenSLO"),
        ("version: prometheus/v1\nversion: prometheus/v1", "/version", "stands on line 1"),
        (f"{SLOTH}---\na: 1\n", "/1", "is none of OpenSLO"),
    ],
)
def test_refuses_what_is_no_such_document(text: str, pointer: str, why: str) -> None:
    assert why in problems(text)[pointer]


def test_reads_documents_of_all_kinds_together() -> None:
    read = read_definitions(f"{OPENSLO}---\n{SLOTH}---\n{PYRRA}", default_service="shop")

    assert {mistake.sentence for mistake in read.mistakes} == {
        "is one of several indicators called 'shop-requests'.",
        "is one of several objectives called 'shop-requests'.",
    }
