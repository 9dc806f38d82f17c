"""YAML read with the place of every value, and nothing constructed from it.

Only the tree is composed: no tag makes an object, and every value is judged by its own
tag. Anchors are refused, so a small text cannot stand for a large tree.
"""

import re
from dataclasses import dataclass
from typing import Any

import yaml

from catalog.rules.entries import Mistake, Reference
from portal.shared.errors import pointer_step

LARGEST_BYTES = 5_000_000
DEEPEST_NESTING = 20
LONGEST_SLUG = 80

_SLUG = re.compile(r"[A-Za-z0-9_-]+")
# PostgreSQL has no room for NUL, and no reader of a page for the rest.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_TEXT = "tag:yaml.org,2002:str"
_WHOLE_NUMBER = "tag:yaml.org,2002:int"
_NOTHING = "tag:yaml.org,2002:null"
# The C parser is about ten times as fast; without libyaml the other gives the same tree.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Place:
    """A value, where it stands, and the notebook where its mistakes are written."""

    node: yaml.Node
    pointer: str
    notebook: list[Mistake]

    @property
    def line(self) -> int:
        return _line_of(self.node)

    @property
    def is_nothing(self) -> bool:
        return bool(self.node.tag == _NOTHING)

    @property
    def is_text(self) -> bool:
        return bool(self.node.tag == _TEXT)

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.node, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        return isinstance(self.node, yaml.SequenceNode)

    def complain(self, sentence: str) -> None:
        self.notebook.append(Mistake(self.pointer or "/", self.line, sentence))

    def fields(self) -> dict[str, "Place"]:
        """This will return the values by key; anything but a mapping is a mistake."""
        if not isinstance(self.node, yaml.MappingNode):
            self.complain(f"must be a mapping of fields, not {self._shown()}.")
            return {}
        return {
            key.value: self._below(key.value, value)
            for key, value in _pairs(self.node)
            if isinstance(key, yaml.ScalarNode)
        }

    def items(self) -> list["Place"]:
        """This will return the values of a list; anything but a list is a mistake."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.complain(f"must be a list, not {self._shown()}.")
            return []
        return [self._below(index, value) for index, value in enumerate(self.node.value)]

    def text(self, *, longest: int | None = None) -> str | None:
        """This will return the text, or None after writing down why it is none."""
        if not self.is_text or not isinstance(self.node, yaml.ScalarNode):
            quotes = "; put it in quotes" if self._is_plain_value else ""
            self.complain(f"must be a text, not {self._shown()}{quotes}.")
            return None
        text = str(self.node.value).strip()
        if _CONTROL.search(text):
            self.complain("holds a control character.")
            return None
        if longest is not None and len(text) > longest:
            self.complain(f"has {len(text)} characters; {longest} are allowed.")
            return None
        return text

    def slug(self) -> str | None:
        reference = self.reference()
        return reference.slug if reference else None

    def reference(self) -> Reference | None:
        text = self.text()
        return None if text is None else self.reference_to(text)

    def reference_to(self, slug: str) -> Reference | None:
        """This will return the reference, or None after writing down why it is none."""
        if not _SLUG.fullmatch(slug):
            self.complain(f"must be made of letters, digits, - and _, not {slug[:60]!r}.")
            return None
        if len(slug) > LONGEST_SLUG:
            self.complain(f"has {len(slug)} characters; {LONGEST_SLUG} are allowed.")
            return None
        return Reference(slug, self.pointer, self.line)

    def web_address(self) -> str | None:
        text = self.text(longest=500)
        if text and not re.match(r"https?://[^\s/]", text):
            self.complain("must be a web address that begins with https:// or http://.")
            return None
        return text

    def tier(self) -> int | None:
        found = self.node.value if self.node.tag == _WHOLE_NUMBER else None
        if found not in {"1", "2", "3", "4"}:
            self.complain(f"must be 1, 2, 3 or 4 (1 is the most critical), not {self._shown()}.")
            return None
        return int(found)

    def _below(self, step: object, node: yaml.Node) -> "Place":
        return Place(node, f"{self.pointer}/{pointer_step(step)}", self.notebook)

    @property
    def _is_plain_value(self) -> bool:
        return isinstance(self.node, yaml.ScalarNode) and not self.is_nothing

    def _shown(self) -> str:
        if isinstance(self.node, yaml.MappingNode):
            return "a mapping"
        if isinstance(self.node, yaml.SequenceNode):
            return "a list"
        if self.is_nothing:
            return "nothing"
        shown = str(self.node.value)[:60]
        return f'the text "{shown}"' if self.is_text else shown


def read_documents(text: str, *, notebook: list[Mistake]) -> list[Place]:
    """This will return the root of each document that holds anything.

    Text that is no YAML, too large, nested too deeply or with anchors gives one mistake
    and no document. A key that stands twice in one mapping is a mistake each time.
    """
    try:
        excess = _excess(text)
        if excess is not None:
            notebook.append(excess)
            return []
        roots = list(yaml.compose_all(text, Loader=_LOADER))
    except yaml.YAMLError as error:
        notebook.append(_syntax_mistake(error, text))
        return []
    several = len(roots) > 1
    documents = [
        Place(root, f"/{index}" if several else "", notebook) for index, root in enumerate(roots)
    ]
    for document in documents:
        _find_bad_keys(document)
    return [document for document in documents if not document.is_nothing]


def _excess(text: str) -> Mistake | None:
    if "\x00" in text or _has_surrogate(text):
        return Mistake("/", 1, "holds characters that no text file has; is it YAML at all?")
    size = len(text.encode())
    if size > LARGEST_BYTES:
        return Mistake("/", 1, f"has {size} bytes; {LARGEST_BYTES} are read at most. Split it.")
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = _line_of(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            return Mistake("/", line, "has an anchor or an alias; write the value out instead.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST_NESTING:
                return Mistake("/", line, f"is nested deeper than {DEEPEST_NESTING} levels.")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def _line_of(marked: Any) -> int:
    """Types of PyYAML say that a mark may be missing; on what was read from text none is."""
    return int(marked.start_mark.line) + 1


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _syntax_mistake(error: yaml.YAMLError, text: str) -> Mistake:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return Mistake("/", error.problem_mark.line + 1, f"is not YAML: {error.problem}.")
    position = int(getattr(error, "position", 0) or 0)
    line = text.encode()[:position].count(b"\n") + 1
    return Mistake("/", line, f"is not YAML: {getattr(error, 'reason', error)}.")


def _find_bad_keys(place: Place) -> None:
    if place.is_list:
        for item in place.items():
            _find_bad_keys(item)
    elif place.is_mapping:
        _check_keys(place)
        for value in place.fields().values():
            _find_bad_keys(value)


def _check_keys(place: Place) -> None:
    seen: dict[str, int] = {}
    for key, _value in _pairs(place.node):
        line = _line_of(key)
        if not isinstance(key, yaml.ScalarNode):
            place.complain("has a key that is not a text.")
        elif key.value in seen:
            pointer = f"{place.pointer}/{pointer_step(key.value)}"
            sentence = f"stands on line {seen[key.value]} already."
            place.notebook.append(Mistake(pointer, line, sentence))
        else:
            seen[key.value] = line


def _pairs(mapping: yaml.Node) -> list[tuple[yaml.Node, yaml.Node]]:
    return list(mapping.value)
