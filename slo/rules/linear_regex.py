"""Regular expressions that take time in proportion to the text, whatever the pattern is.

Python's own engine backtracks: a pattern such as (a*)*b can hold a process for hours. Here
every state is advanced at once, as RE2 does it, whose common syntax is understood: literals,
classes, groups, alternatives and repeats. A match is of the whole text, as Prometheus anchors it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

LONGEST_PATTERN = 500
# What a{1000} may unfold to.
MOST_STATES = 2_000
# Steps that are remembered; when there are more, they are worked out again.
_MOST_REMEMBERED = 10_000

Accepts = Callable[[str], bool]
_CLASSES: dict[str, Accepts] = {
    "d": lambda c: "0" <= c <= "9",
    "w": lambda c: c == "_" or (c.isascii() and c.isalnum()),
    "s": lambda c: c in "\t\n\f\r ",
}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_SPECIAL = frozenset("\\.+*?()|[]{}^$")


class BadPattern(ValueError):
    """`position` is counted from the start of the pattern."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position


@dataclass(frozen=True, slots=True)
class _Node:
    """A literal class (`accepts`), or a kind with its parts; `least` and `most` of a repeat."""

    kind: str
    parts: tuple["_Node", ...] = ()
    accepts: Accepts | None = None
    least: int = 0
    most: int | None = None


def _one(accepts: Accepts) -> _Node:
    return _Node("one", accepts=accepts)


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def whole(self) -> _Node:
        found = self._alternatives()
        if self.at < len(self.pattern):
            raise BadPattern("A ) closes nothing.", self.at)
        return found

    def _next(self) -> str:
        return self.pattern[self.at] if self.at < len(self.pattern) else ""

    def _take(self, expected: str) -> bool:
        if self.pattern.startswith(expected, self.at):
            self.at += len(expected)
            return True
        return False

    def _alternatives(self) -> _Node:
        parts = [self._sequence()]
        while self._take("|"):
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else _Node("either", tuple(parts))

    def _sequence(self) -> _Node:
        parts: list[_Node] = []
        while self._next() not in ("", "|", ")"):
            parts.append(self._repeated(self._atom()))
        return _Node("all", tuple(parts))

    def _repeated(self, atom: _Node) -> _Node:
        start = self.at
        least, most = self._repeat()
        if self.at == start:
            return atom
        # How greedy a repeat is changes what a group holds, and nothing of whether it matches.
        self._take("?")
        if self._next() and self._next() in "*+?":
            raise BadPattern("A repeat follows a repeat.", self.at)
        return _Node("repeat", (atom,), least=least, most=most)

    def _repeat(self) -> tuple[int, int | None]:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(sign):
                return bounds
        if self._next() == "{":
            return self._counted()
        return 1, 1

    def _counted(self) -> tuple[int, int | None]:
        start = self.at
        end = self.pattern.find("}", start)
        low, comma, high = self.pattern[start + 1 : max(end, 0)].partition(",")
        is_right = low.isdecimal() and (not high or high.isdecimal()) and len(low + high) < 9
        if end < 0 or not is_right:
            raise BadPattern("A repeat is {n}, {n,} or {n,m}; escape a { that is meant.", start)
        least = int(low)
        most = least if not comma else int(high) if high else None
        if max(least, most or 0) > MOST_STATES or (most is not None and most < least):
            raise BadPattern("The repeat is too large, or its bounds are reversed.", start)
        self.at = end + 1
        return least, most

    def _atom(self) -> _Node:
        start, sign = self.at, self._next()
        self.at += 1
        match sign:
            case "(":
                return self._group(start)
            case "[":
                return _one(self._class(start))
            case "\\":
                return _one(self._escaped(start))
            case ".":
                return _one(lambda c: c != "\n")
            case "^" | "$":
                return self._anchor(start)
            case "*" | "+" | "?" | "{":
                raise BadPattern("There is nothing to repeat.", start)
        return _one(lambda c: c == sign)

    def _anchor(self, start: int) -> _Node:
        is_first = self.pattern[start] == "^" and start == 0
        if is_first or (self.pattern[start] == "$" and self.at == len(self.pattern)):
            return _Node("all")
        raise BadPattern("The whole value is matched; ^ and $ add nothing here.", start)

    def _group(self, start: int) -> _Node:
        self._take("?:")
        if self._next() == "?":
            raise BadPattern("Groups with (? … are not understood, (?: … ) alone is.", start)
        found = self._alternatives()
        if not self._take(")"):
            raise BadPattern("The ( is not closed.", start)
        return found

    def _escaped(self, start: int) -> Accepts:
        sign = self._next()
        self.at += 1
        if sign.lower() in _CLASSES:
            inner = _CLASSES[sign.lower()]
            return inner if sign.islower() else lambda c: not inner(c)
        if sign in _ESCAPES:
            literal = _ESCAPES[sign]
            return lambda c: c == literal
        if not sign or (sign.isalnum() and sign.isascii()):
            raise BadPattern("This escape is not understood.", start)
        return lambda c: c == sign

    def _class(self, start: int) -> Accepts:
        is_negated = self._take("^")
        members: list[Accepts] = []
        while self._next() != "]" or not members:
            if not self._next():
                raise BadPattern("The [ is not closed.", start)
            if self.pattern.startswith("[:", self.at):
                raise BadPattern("Named classes are not understood.", self.at)
            members.append(self._member())
        self.at += 1
        return lambda c: any(accepts(c) for accepts in members) is not is_negated

    def _member(self) -> Accepts:
        start = self.at
        low = self._next()
        self.at += 1
        if low == "\\":
            return self._escaped(start)
        is_range = self._next() == "-" and self.pattern[self.at + 1 : self.at + 2] not in ("", "]")
        if not is_range:
            return lambda c: c == low
        high = self.pattern[self.at + 1]
        self.at += 2
        if high == "\\" or high < low:
            raise BadPattern("The range is reversed, or ends in an escape.", start)
        return lambda c: low <= c <= high


@dataclass(slots=True)
class _Machine:
    """States by number: what each accepts and leads to, or what it leads to at no cost."""

    steps: list[tuple[Accepts, int] | None] = field(default_factory=list)
    free: list[list[int]] = field(default_factory=list)

    def state(self) -> int:
        if len(self.steps) >= MOST_STATES:
            raise BadPattern("The pattern unfolds to too many states.", 0)
        self.steps.append(None)
        self.free.append([])
        return len(self.steps) - 1

    def add(self, node: _Node, start: int) -> int:
        """This will add what the node accepts after `start`, and return where it ends."""
        match node.kind:
            case "one" if node.accepts is not None:
                end = self.state()
                via = self.state()
                self.free[start].append(via)
                self.steps[via] = (node.accepts, end)
                return end
            case "either":
                end = self.state()
                for part in node.parts:
                    self.free[self.add(part, start)].append(end)
                return end
            case "repeat":
                return self._add_repeat(node, start)
        for part in node.parts:
            start = self.add(part, start)
        return start

    def _add_repeat(self, node: _Node, start: int) -> int:
        part = node.parts[0]
        for _time in range(node.least):
            start = self.add(part, start)
        end = self.state()
        if node.most is None:
            again = self.state()
            self.free[start].append(again)
            self.free[self.add(part, again)].append(again)
            self.free[again].append(end)
            return end
        for _time in range(node.most - node.least):
            self.free[start].append(end)
            start = self.add(part, start)
        self.free[start].append(end)
        return end

    def reached(self, states: set[int]) -> frozenset[int]:
        found, waiting = set(states), list(states)
        while waiting:
            for following in self.free[waiting.pop()]:
                if following not in found:
                    found.add(following)
                    waiting.append(following)
        return frozenset(found)


class LinearRegex:
    """A pattern that matches whole texts. Raises BadPattern, with the reason and the position."""

    def __init__(self, pattern: str) -> None:
        if len(pattern) > LONGEST_PATTERN:
            raise BadPattern(f"At most {LONGEST_PATTERN} characters.", LONGEST_PATTERN)
        self.pattern = pattern
        self._machine = _Machine()
        start = self._machine.state()
        try:
            self._end = self._machine.add(_Reader(pattern).whole(), start)
        except RecursionError as error:
            raise BadPattern("The groups are nested too deeply.", 0) from error
        self._start = self._machine.reached({start})
        self._remembered: dict[tuple[frozenset[int], str], frozenset[int]] = {}

    def matches(self, text: str) -> bool:
        states = self._start
        for character in text:
            states = self._after(states, character)
            if not states:
                return False
        return self._end in states

    def _after(self, states: frozenset[int], character: str) -> frozenset[int]:
        place = (states, character)
        found = self._remembered.get(place)
        if found is None:
            steps = (self._machine.steps[state] for state in states)
            found = self._machine.reached(
                {step[1] for step in steps if step is not None and step[0](character)}
            )
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[place] = found
        return found
