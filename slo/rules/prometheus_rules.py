"""Objectives as recording and alerting rules, for those whose Prometheus shall tell as well.

Alerts compare the share of bad requests with the share that a burn of the factor has: a
quotient of two whole numbers and a constant, each rounded once, so that Prometheus decides
as fractions do. Burn rates are recorded for people to look at.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from slo.rules.alert_level import WindowPair
from slo.rules.burn_condition import exact_decimal
from slo.rules.burn_rate import burn_factor, error_budget
from slo.rules.definition import IndicatorDefinition, ObjectiveDefinition, Series
from slo.rules.minute import shorthand, spelled
from slo.rules.request_outcome import Kind
from slo.rules.window import RollingWindow
from slo.rules.yaml_writing import Document

ALERT = "SloBurnsErrorBudget"
INTERVAL = "1m"
# Longer constants say no more than a float does.
_LONGEST_CONSTANT = 17


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An objective that Prometheus could not keep, and why."""

    slug: str
    reason: str

    def __str__(self) -> str:
        return f"{self.slug}: {self.reason}"


def why_left_out(objective: ObjectiveDefinition, indicator: IndicatorDefinition) -> str | None:
    """This will return why no rule can say the objective, None when rules can."""
    if indicator.kind is Kind.COMPOSITE:
        return "It blends several indicators, which Prometheus counts apart."
    if indicator.series is None:
        return "The portal counts its requests itself, and Prometheus does not have them."
    if objective.slices:
        return "Its budget is of time slices; rules would have to remember each of them."
    if not isinstance(objective.window, RollingWindow):
        return "Its window follows a calendar, and ranges of Prometheus only roll."
    return None


def rule_group(objective: ObjectiveDefinition, series: Series) -> Document:
    """This will return the rules of one objective, in the order in which they build on it."""
    pairs = objective.burn_windows or ()
    lengths = {objective.window.nominal_minutes}
    lengths.update(m for pair in pairs for m in (pair.long_minutes, pair.short_minutes))
    rules = [rule for minutes in sorted(lengths) for rule in _records(objective, series, minutes)]
    rules.append(_remaining(objective))
    rules += [_alert(objective, pair) for pair in pairs]
    return {"name": f"slo-{objective.slug}", "interval": INTERVAL, "rules": rules}


def rules_document(groups: Sequence[Document]) -> Document:
    return {"groups": list(groups)}


def left_out_comments(left_out: Iterable[LeftOut]) -> list[str]:
    return [f"Left out: {objective}" for objective in left_out]


def _records(objective: ObjectiveDefinition, series: Series, minutes: int) -> list[Document]:
    length = shorthand(minutes)
    total = f"sum(increase({series.total}[{length}]))"
    return [
        _record(objective, "slo:requests:increase", total, window=length),
        _record(objective, "slo:bad_requests:increase", _bad(series, total, length), window=length),
        _record(
            objective,
            "slo:bad_requests:ratio",
            f"{_recorded('slo:bad_requests:increase', objective, length)} / "
            f"{_recorded('slo:requests:increase', objective, length)}",
            window=length,
        ),
        _record(
            objective,
            "slo:burn_rate:ratio",
            f"{_recorded('slo:bad_requests:ratio', objective, length)} / "
            f"{constant(error_budget(objective.target))}",
            window=length,
        ),
    ]


def _bad(series: Series, total: str, length: str) -> str:
    """A service that never failed has no series of failures: then there are none of them."""
    part = f"sum(increase({series.good or series.bad}[{length}])) or 0 * {total}"
    return f"{total} - ({part})" if series.good else part


def _remaining(objective: ObjectiveDefinition) -> Document:
    length = shorthand(objective.window.nominal_minutes)
    burned = _recorded("slo:burn_rate:ratio", objective, length)
    return _record(objective, "slo:error_budget_remaining:ratio", f"1 - {burned}", window=length)


def _record(objective: ObjectiveDefinition, name: str, expr: str, *, window: str) -> Document:
    labels = {**_labels(objective), "window": window}
    return {"record": name, "expr": expr, "labels": labels}


def _labels(objective: ObjectiveDefinition) -> dict[str, str]:
    return {"slo": objective.slug, "service": objective.service}


def _recorded(name: str, objective: ObjectiveDefinition, length: str) -> str:
    return f'{name}{{slo="{objective.slug}",window="{length}"}}'


def _alert(objective: ObjectiveDefinition, pair: WindowPair) -> Document:
    long, short = shorthand(pair.long_minutes), shorthand(pair.short_minutes)
    share = bad_share_of(objective, pair)
    ratio = "slo:bad_requests:ratio"
    return {
        "alert": ALERT,
        "expr": (
            f"{_recorded(ratio, objective, long)} > {constant(share)} and ignoring (window) "
            f"{_recorded(ratio, objective, short)} > {constant(share)}"
        ),
        "labels": {
            **_labels(objective),
            "level": pair.level.value,
            "window": long,
            "short_window": short,
        },
        "annotations": _annotations(objective, pair, share),
    }


def bad_share_of(objective: ObjectiveDefinition, pair: WindowPair) -> Fraction:
    """This will return the share of bad requests above which the pair fires."""
    return _factor(objective, pair) * error_budget(objective.target)


def _factor(objective: ObjectiveDefinition, pair: WindowPair) -> Fraction:
    return burn_factor(
        pair.consumption,
        window_minutes=objective.window.nominal_minutes,
        long_minutes=pair.long_minutes,
    )


def _annotations(
    objective: ObjectiveDefinition, pair: WindowPair, share: Fraction
) -> dict[str, str]:
    name, long, short = objective.name, spelled(pair.long_minutes), spelled(pair.short_minutes)
    factor = constant(_factor(objective, pair))
    promised = f"{constant(Fraction(objective.target))} %"
    window = spelled(objective.window.nominal_minutes)
    spent = f"{constant(Fraction(pair.consumption) * 100)} %"
    return {
        "summary": _literally(f"{name} burns its error budget ({pair.level.value})"),
        "description": _literally(
            f"More than {constant(share * 100)} % of requests were bad over the last {long} and "
            f"over the last {short}: {factor} times what {promised} over {window} allows. {long} "
            f"at this pace spend {spent} of the error budget. "
        )
        + "Bad over the long window: {{ $value | humanizePercentage }}.",
        "factor": factor,
    }


def constant(value: Fraction) -> str:
    """This will write a number as PromQL reads it: exactly, or as the float nearest to it."""
    exact = exact_decimal(value)
    text = f"{exact:f}" if exact is not None else ""
    if text and len(text) <= _LONGEST_CONSTANT:
        return text
    return repr(float(value))


def _literally(text: str) -> str:
    """Annotations are templates of Go; what a name says is none."""
    return text.replace("{{", '{{ "{{" }}')
