"""Which series a query of Prometheus counts: their selector, or the reason that there is none.

Counts are taken from the series themselves, minute by minute, so a query must be a sum of
counters and nothing else. What a query sums over time is left to the windows of objectives.
"""

import re
from dataclasses import dataclass

LONGEST_QUERY = 4000
DEEPEST_NESTING = 20
# A rate and an increase of a counter count the same series over a window of any length.
_OVER_TIME = frozenset({"rate", "increase"})
_NO_SUMS = frozenset({"avg", "min", "max", "count", "quantile", "topk", "bottomk", "stddev"})
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)
    |(?P<range>\[[^\]]*\])
    |(?P<match>=~|!~|!=|=)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<sign>[(){},]|==|>=|<=|[-+*/%^<>@])
    )""",
    re.VERBOSE,
)
_RANGE = re.compile(r"\[\s*(?:\{\{\s*\.window\s*\}\}|\$\w+|(?:\d+(?:ms|[smhdwy]))+)\s*\]")
_ESCAPES = {"\\": "\\", '"': '"', "'": "'", "n": "\n", "t": "\t", "r": "\r"}


class QueryRefused(Exception):
    """The query counts no series that could be taken; says why, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The series that a query counts, and those whose counts it takes away from them."""

    selector: str
    without: str = ""


def counted_by(query: str) -> Counted:
    """This will return the series that a query counts. Raises QueryRefused."""
    if len(query) > LONGEST_QUERY:
        raise QueryRefused(f"has {len(query)} characters; {LONGEST_QUERY} are read at most")
    reading = _Query(_tokens(query))
    counted = reading.expression()
    reading.end()
    return counted


def selector_of(query: str) -> str:
    """This will return the selector of the series that a query counts. Raises QueryRefused."""
    counted = counted_by(query)
    if counted.without:
        raise QueryRefused("subtracts one sum from another; name the series of what is left")
    return counted.selector


def numerator(query: str, *, total: str) -> tuple[str, str]:
    """This will return (what the query counts, "") or ("", what is left of the total).

    All requests less the good ones are the bad ones: a histogram counts slow requests so.
    Raises QueryRefused.
    """
    counted = counted_by(query)
    if not counted.without:
        return counted.selector, ""
    if counted.selector != total:
        raise QueryRefused(
            f"subtracts from {counted.selector}, which is not the total; then only the "
            "difference is known, and not what it counts"
        )
    return "", counted.without


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


_END = _Token("end", "")


def _tokens(query: str) -> list[_Token]:
    found, at = [], 0
    text = query.rstrip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None or token.lastgroup is None:
            raise QueryRefused(f"cannot be read from {text[at : at + 20]!r} on")
        found.append(_Token(token.lastgroup, token[token.lastgroup]))
        at = token.end()
    return found


class _Query:
    """One reading of a query, from left to right."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def expression(self) -> Counted:
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            raise QueryRefused(f"is nested deeper than {DEEPEST_NESTING} levels")
        counted = self._term()
        if self._took("-"):
            counted = _difference(counted, self._term())
        if self._next.text.lower() == "or":
            self._nothing_instead()
        self._depth -= 1
        return counted

    def end(self) -> None:
        token = self._next
        if token is _END:
            return
        if token.kind == "sign" and token.text in "+*/%^":
            raise QueryRefused(
                f"calculates with {token.text}; only series that are summed can be counted"
            )
        if token.text in {"offset", "@"}:
            raise QueryRefused(f"looks at another time by {token.text}")
        if token.kind == "range":
            raise QueryRefused(f"takes a range {token.text} of what is no series")
        raise QueryRefused(f"goes on with {token.text!r} after the series")

    def _term(self) -> Counted:
        if self._took("("):
            counted = self.expression()
            self._expect(")")
            return counted
        token = self._next
        if token.kind == "name" and self._is_call():
            return self._call(token.text.lower())
        if token.kind == "number":
            raise QueryRefused(f"holds the number {token.text}, which counts nothing")
        return Counted(self._series())

    def _is_call(self) -> bool:
        following = self._tokens[self._at + 1 : self._at + 2]
        return bool(following) and following[0].text in {"(", "by", "without"}

    def _call(self, name: str) -> Counted:
        self._at += 1
        if self._next.text in {"by", "without"}:
            raise QueryRefused(
                f"keeps groups apart with {self._next.text}; an objective is about one sum, so "
                "select the series of one group"
            )
        if name == "sum":
            return self._sum()
        if name in _OVER_TIME:
            return self._over_time(name)
        raise QueryRefused(f"uses {name}(), {_why_not(name)}")

    def _sum(self) -> Counted:
        self._expect("(")
        counted = self.expression()
        self._expect(")")
        if counted.without:
            raise QueryRefused("sums differences of series; subtract the sums instead")
        if self._next.text in {"by", "without"}:
            raise QueryRefused(f"keeps groups apart with {self._next.text}")
        return counted

    def _over_time(self, name: str) -> Counted:
        self._expect("(")
        selector = self._series()
        span = self._next
        if span.kind != "range":
            raise QueryRefused(f"gives {name}() no range; write {name}({selector}[5m])")
        if not _RANGE.fullmatch(span.text):
            raise QueryRefused(f"uses the range {span.text}, which is no length such as [5m]")
        self._at += 1
        self.end_of_series()
        self._expect(")")
        return Counted(selector)

    def end_of_series(self) -> None:
        if self._next.text in {"offset", "@"}:
            raise QueryRefused(f"looks at another time by {self._next.text}")

    def _series(self) -> str:
        name = ""
        if self._next.kind == "name":
            name = self._next.text
            self._at += 1
        labels = self._labels() if self._took("{") else []
        if not name:
            name, labels = _named_by_label(labels)
        inside = ",".join(f"{label}{match}{_quoted(value)}" for label, match, value in labels)
        return f"{name}{{{inside}}}" if inside else name

    def _labels(self) -> list[tuple[str, str, str]]:
        labels = []
        while not self._took("}"):
            label, match, value = self._one("name"), self._one("match"), self._one("text")
            labels.append((label, match, _unquoted(value)))
            if not self._took(","):
                self._expect("}")
                break
        return labels

    def _nothing_instead(self) -> None:
        """`or vector(0)` says that no series is no request, which is how counts work anyway."""
        self._at += 1
        words = ["vector", "(", "0", ")"]
        if self._next.text == "on":
            words = ["on", "(", ")", *words]
        for word in words:
            if not self._took(word):
                raise QueryRefused("chooses between series with or; only vector(0) may follow it")

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _took(self, text: str) -> bool:
        if self._next.text != text or self._next.kind == "text":
            return False
        self._at += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._took(text):
            self.end()
            raise QueryRefused(f"ends where {text} is missing")

    def _one(self, kind: str) -> str:
        token = self._next
        if token.kind != kind:
            raise QueryRefused(f"has no label matcher such as code=~'5..' at {token.text!r}")
        self._at += 1
        return token.text


def _difference(left: Counted, right: Counted) -> Counted:
    if left.without or right.without:
        raise QueryRefused("subtracts more than once")
    return Counted(left.selector, right.selector)


def _why_not(name: str) -> str:
    if name in _NO_SUMS:
        return "which is no sum of requests"
    if name in {"irate", "idelta", "delta", "deriv"}:
        return "which does not count all requests of its range; use rate() or increase()"
    if name.startswith("histogram_"):
        return "which estimates; select the series of a bucket of the histogram instead"
    return "which is neither sum(), rate() nor increase()"


def _named_by_label(
    labels: list[tuple[str, str, str]],
) -> tuple[str, list[tuple[str, str, str]]]:
    for label, match, value in labels:
        if label == "__name__" and match == "=" and re.fullmatch(r"[a-zA-Z_:][\w:]*", value):
            return value, [other for other in labels if other[0] != "__name__"]
    raise QueryRefused('does not name its metric; write metric{label="value"}')


def _unquoted(text: str) -> str:
    inside = text[1:-1]
    return inside if text[0] == "`" else re.sub(r"\\(.)", _unescaped, inside)


def _unescaped(escape: re.Match[str]) -> str:
    if escape[1] not in _ESCAPES:
        raise QueryRefused(f"uses the escape {escape[0]}; write the character itself")
    return _ESCAPES[escape[1]]


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
