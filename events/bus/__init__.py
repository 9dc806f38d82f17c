"""One door to what can be done to the log and asked of it: a command or a question, one handler."""

from events.bus.commands import Command, Order, check, execute, handles
from events.bus.queries import Query, answers, ask

__all__ = ["Command", "Order", "Query", "answers", "ask", "check", "execute", "handles"]
