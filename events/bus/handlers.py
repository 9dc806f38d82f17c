"""Which function takes which kind of message: one each, or the portal does not start."""

import inspect
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar, get_type_hints

Message = TypeVar("Message")


class Handlers(Generic[Message]):
    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._handlers: dict[type[Message], Callable[..., Any]] = {}

    def enter(self, kind: type[Message], handler: Callable[..., Any]) -> None:
        """This will file the handler. Raises ValueError for a second, or one of another kind."""
        if kind in self._handlers:
            raise ValueError(f"The {self.noun} {kind.__name__} has two handlers.")
        first = next(iter(inspect.signature(handler).parameters), "")
        taken = get_type_hints(handler).get(first)
        if taken is not kind:
            raise ValueError(f"{handler.__name__} is to handle {kind.__name__}, and takes {taken}.")
        self._handlers[kind] = handler

    def of(self, message: Message) -> Callable[..., Any]:
        """This will return the handler. Raises LookupError when nobody handles the kind."""
        try:
            return self._handlers[type(message)]
        except KeyError as error:
            raise LookupError(
                f"Nobody handles the {self.noun} {type(message).__name__}."
            ) from error

    def missing(self, declared: Iterable[type[Message]]) -> list[str]:
        return sorted(kind.__name__ for kind in declared if kind not in self._handlers)
