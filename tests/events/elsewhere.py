"""A second writer, one step at a time in the thread of the test."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

Found = TypeVar("Found")


class Elsewhere:
    """A connection of its own, which is the portal's for the length of a step."""

    def __init__(self, **settings: Any) -> None:
        self._connection: BaseDatabaseWrapper = connections.create_connection(DEFAULT_DB_ALIAS)
        self._connection.settings_dict = self._connection.settings_dict | settings
        self._transaction: transaction.Atomic | None = None

    @contextmanager
    def step(self) -> Iterator[None]:
        here = connections[DEFAULT_DB_ALIAS]
        connections[DEFAULT_DB_ALIAS] = self._connection
        try:
            yield
        finally:
            connections[DEFAULT_DB_ALIAS] = here

    def begin(self) -> None:
        self._transaction = transaction.atomic()
        with self.step():
            self._transaction.__enter__()

    def do(self, verb: Callable[..., Found], *arguments: Any, **named: Any) -> Found:
        with self.step():
            return verb(*arguments, **named)

    def ask(self, query: str) -> Any:
        """This will return the only value of the only row."""
        with self.step(), self._connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0]

    def commit(self) -> None:
        assert self._transaction
        with self.step():
            self._transaction.__exit__(None, None, None)

    def roll_back(self) -> None:
        with self.step():
            transaction.set_rollback(True)
        self.commit()

    def close(self) -> None:
        with self.step():
            self._connection.close()
