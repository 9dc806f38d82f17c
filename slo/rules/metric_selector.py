"""Which series a source counts, as Prometheus spells it: metric{label="value",other=~"a|b"}."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from slo.rules.linear_regex import BadPattern, LinearRegex

LONGEST_SELECTOR = 1000
MOST_MATCHERS = 30
BUCKET = "_bucket"
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_OPERATOR = re.compile(r"=~|!~|!=|=")
_QUOTED = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|`[^`]*`')
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'"}


class SelectorRefused(ValueError):
    """`position` is counted from the start of the selector, beginning with 1."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(f"{reason} (at character {position + 1})")
        self.reason = reason
        self.position = position + 1


class Operator(StrEnum):
    EQUAL = "="
    NOT_EQUAL = "!="
    MATCHES = "=~"
    NOT_MATCHES = "!~"


@dataclass(frozen=True, slots=True)
class Matcher:
    label: str
    operator: Operator
    value: str
    regex: LinearRegex | None = None

    def accepts(self, labels: Mapping[str, str]) -> bool:
        """A label that is missing is an empty one."""
        found = labels.get(self.label, "")
        if self.regex is not None:
            return self.regex.matches(found) is (self.operator is Operator.MATCHES)
        return (found == self.value) is (self.operator is Operator.EQUAL)


@dataclass(frozen=True, slots=True)
class Selector:
    """`bound` is the one `le` of a selector of histogram buckets."""

    metric: str
    matchers: tuple[Matcher, ...]
    bound: float | None = None

    def accepts(self, labels: Mapping[str, str]) -> bool:
        return all(matcher.accepts(labels) for matcher in self.matchers)

    def accepts_but_for_bound(self, labels: Mapping[str, str]) -> bool:
        """This will match a histogram that keeps its bounds beside its labels."""
        return all(m.accepts(labels) for m in self.matchers if m.label != "le")


def parse_selector(text: str) -> Selector:
    """This will read a selector. Raises SelectorRefused with the reason and the position."""
    if len(text) > LONGEST_SELECTOR:
        raise SelectorRefused(f"At most {LONGEST_SELECTOR} characters.", LONGEST_SELECTOR)
    start = len(text) - len(text.lstrip())
    name = _NAME.match(text, start)
    if name is None:
        raise SelectorRefused("Begin with the name of the metric.", start)
    matchers, at = _matchers(text, _skip(text, name.end()))
    if at < len(text):
        raise SelectorRefused("Nothing may follow the selector.", at)
    return Selector(name[0], matchers, _bound(name[0], matchers, at=len(text)))


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _matchers(text: str, at: int) -> tuple[tuple[Matcher, ...], int]:
    found: list[Matcher] = []
    if at == len(text):
        return (), at
    if text[at] != "{":
        raise SelectorRefused("A { is expected after the name.", at)
    at = _skip(text, at + 1)
    while text[at : at + 1] != "}":
        matcher, at = _matcher(text, at)
        found.append(matcher)
        if len(found) > MOST_MATCHERS:
            raise SelectorRefused(f"At most {MOST_MATCHERS} labels.", at)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
        elif text[at : at + 1] != "}":
            raise SelectorRefused("A comma or } is expected.", at)
    return tuple(found), _skip(text, at + 1)


def _matcher(text: str, at: int) -> tuple[Matcher, int]:
    label = _LABEL.match(text, at)
    if label is None:
        raise SelectorRefused("The name of a label is expected.", at)
    if label[0] == "__name__":
        raise SelectorRefused("The metric is named before the {.", at)
    at = _skip(text, label.end())
    operator = _OPERATOR.match(text, at)
    if operator is None:
        raise SelectorRefused("One of = != =~ !~ is expected.", at)
    at = _skip(text, operator.end())
    quoted = _QUOTED.match(text, at)
    if quoted is None:
        raise SelectorRefused("A value in quotes is expected.", at)
    value = _unquoted(quoted[0], at)
    sign = Operator(operator[0])
    is_regex = sign in {Operator.MATCHES, Operator.NOT_MATCHES}
    regex = _regex(value, at + 1) if is_regex else None
    return Matcher(label[0], sign, value, regex), _skip(text, quoted.end())


def _unquoted(quoted: str, at: int) -> str:
    inner = quoted[1:-1]
    if quoted[0] == "`":
        return inner

    def escape(found: re.Match[str]) -> str:
        if found[1] not in _ESCAPES:
            raise SelectorRefused(f"The escape \\{found[1]} is not known.", at + 1 + found.start())
        return _ESCAPES[found[1]]

    return re.sub(r"\\(.)", escape, inner)


def _regex(pattern: str, at: int) -> LinearRegex:
    try:
        return LinearRegex(pattern)
    except BadPattern as error:
        raise SelectorRefused(error.reason, at + error.position) from error


def _bound(metric: str, matchers: tuple[Matcher, ...], *, at: int) -> float | None:
    """Buckets of a histogram hold one another: counting two of them would count twice."""
    if not metric.endswith(BUCKET):
        return None
    bounds = [m.value for m in matchers if m.label == "le" and m.operator is Operator.EQUAL]
    others = [m for m in matchers if m.label == "le" and m.operator is not Operator.EQUAL]
    if len(bounds) != 1 or others:
        raise SelectorRefused('Name one bucket: le="0.5".', at)
    try:
        return float(bounds[0])
    except ValueError as error:
        raise SelectorRefused(f"le is a number, not {bounds[0]!r}.", at) from error
