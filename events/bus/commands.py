"""Commands: what is asked to be done, by whom, once."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db import transaction

from events.bus.handlers import Handlers
from events.bus.queries import unanswered
from events.rules.integrity import canonical
from portal.shared.errors import InvalidInput
from portal.shared.idempotency import done_once


@dataclass(frozen=True, kw_only=True)
class Command:
    """Something to be done. A subclass has plain fields, and one handler.

    Without slots, which would leave a second class behind that nobody handles.
    """


Asked = TypeVar("Asked", bound=Command)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command on its way: who gave it and when, and the stream's version they saw."""

    at: datetime
    issuer: User | None = None
    idempotency_key: str = ""
    expected_version: int | None = None

    @property
    def acting_user(self) -> str:
        return self.issuer.get_username() if self.issuer else ""


Handler = Callable[[Asked, Order], Any]

_handlers: Handlers[Command] = Handlers("command")
_versioned: set[type[Command]] = set()
_piecemeal: set[type[Command]] = set()


def handles(
    kind: type[Asked], *, versioned: bool = False, piecemeal: bool = False
) -> Callable[[Handler[Asked]], Handler[Asked]]:
    """This will make the function the one handler of the command.

    It returns JSON: numbers, texts, lists, objects. `versioned` handlers heed the order's
    expected version; `piecemeal` ones have transactions of their own, and take no key.
    Raises ValueError when the command has a handler already.
    """

    def enter(handler: Handler[Asked]) -> Handler[Asked]:
        _handlers.enter(kind, handler)
        if versioned:
            _versioned.add(kind)
        if piecemeal:
            _piecemeal.add(kind)
        return handler

    return enter


def execute(command: Command, order: Order) -> Any:
    """This will have the command carried out in one transaction and return its result.

    Under an idempotency key, which is the issuer's own, it is carried out once and answered
    alike ever after. Raises IdempotencyKeyReused, InvalidInput, and what the handler raises.
    """
    handler = _handlers.of(command)
    if order.expected_version is not None and type(command) not in _versioned:
        raise InvalidInput(f"{type(command).__name__} knows no expected version; leave it out.")
    if type(command) in _piecemeal:
        if order.idempotency_key:
            raise InvalidInput(f"{type(command).__name__} takes no idempotency key; leave it out.")
        return handler(command, order)
    if not order.idempotency_key:
        with transaction.atomic():
            return handler(command, order)
    if order.issuer is None:
        raise InvalidInput("An idempotency key belongs to an account; name who gives the order.")
    done = done_once(
        user=order.issuer,
        key=order.idempotency_key,
        fingerprint=_fingerprint(command, order),
        at=order.at,
        effect=lambda: (200, handler(command, order)),
    )
    return done.body


def check() -> None:
    """This will raise RuntimeError when a command or a question has no handler."""
    missing = _handlers.missing(Command.__subclasses__()) + unanswered()
    if missing:
        raise RuntimeError(f"Nobody handles {', '.join(missing)}.")


def _fingerprint(command: Command, order: Order) -> str:
    written = canonical([type(command).__name__, asdict(command), order.expected_version])
    return hashlib.sha256(written).hexdigest()
