"""Which events a replay means, and what SQL would change."""

import re
from dataclasses import dataclass
from datetime import datetime

from events.rules.naming import falls_under

# Whose deliveries leave the portal: given nothing again unless they are named.
LEAVING = ("relay:", "webhook:")
_CHANGES = re.compile(r'(?<!FOR )(?<!DO )\b(INSERT|UPDATE|DELETE)\s+(?:INTO\s+|FROM\s+)?"?(\w+)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is blank does not narrow it. Times are those of recording; `until` is left out."""

    event_type: str = ""
    stream: str = ""
    since: datetime | None = None
    until: datetime | None = None
    from_position: int | None = None
    to_position: int | None = None

    def takes(self, event_type: str) -> bool:
        return not self.event_type or falls_under(event_type, self.event_type)


def is_leaving(subscriber: str) -> bool:
    return subscriber.startswith(LEAVING)


def changes_in(statement: str) -> list[tuple[str, str]]:
    """This will return verb and table of each change that the SQL makes."""
    statement = statement.lstrip()
    if statement.startswith("WITH "):
        return _CHANGES.findall(statement)
    found = _CHANGES.match(statement)
    return [(found[1], found[2])] if found else []
