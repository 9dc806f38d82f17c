"""Questions: answered in a transaction that cannot write."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import connection, transaction

from events.bus.handlers import Handlers

Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True)
class Query(Generic[Answer]):
    """A question, by the type of its answer. A subclass has plain fields, and one handler."""


_handlers: Handlers[Query[Any]] = Handlers("question")
Answering = TypeVar("Answering", bound=Callable[..., Any])


def answers(kind: type[Query[Any]]) -> Callable[[Answering], Answering]:
    """This will make the function the one that answers; a second one raises ValueError."""

    def enter(handler: Answering) -> Answering:
        _handlers.enter(kind, handler)
        return handler

    return enter


def ask(query: Query[Answer], *, at: datetime) -> Answer:
    """This will answer the question. A handler that writes fails with the database's error."""
    handler = _handlers.of(query)
    with _read_only():
        answer: Answer = handler(query, at)
    return answer


def unanswered() -> list[str]:
    return _handlers.missing(Query.__subclasses__())


@contextmanager
def _read_only() -> Iterator[None]:
    reading = _postgresql() if connection.vendor == "postgresql" else _sqlite()
    with reading:
        yield


@contextmanager
def _postgresql() -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        # Within another transaction it holds until the savepoint is released.
        cursor.execute("SET TRANSACTION READ ONLY")
        yield


@contextmanager
def _sqlite() -> Iterator[None]:
    mode = connection.transaction_mode  # type: ignore[attr-defined]  # SQLite's alone
    # IMMEDIATE would wait for writers, and be one.
    connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON")
            try:
                yield
            finally:
                cursor.execute("PRAGMA query_only = OFF")
    finally:
        connection.transaction_mode = mode  # type: ignore[attr-defined]
