"""What an event may be called, and which subscriptions a name falls under."""

import re
from fnmatch import fnmatchcase

_TYPE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){2,4}")
_FOREIGN = re.compile(r"[!-~]+")
# Of what a pattern may say, only the star is offered.
_OTHER_WILDCARDS = re.compile(r"[?\[\]]")
LONGEST_TYPE = 120


def is_event_type(name: str) -> bool:
    """This will tell whether the name has three to five dotted lower-case parts."""
    return len(name) <= LONGEST_TYPE and _TYPE.fullmatch(name) is not None


def is_foreign_type(name: str) -> bool:
    """This will tell whether somebody else's type can be kept: printable, without spaces."""
    return 0 < len(name) <= LONGEST_TYPE and name.isascii() and _FOREIGN.fullmatch(name) is not None


def is_pattern(name: str) -> bool:
    """This will tell whether it names one type, or several by a star: `orders.*`."""
    return is_foreign_type(name) and not _OTHER_WILDCARDS.search(name)


def falls_under(event_type: str, pattern: str) -> bool:
    """This will tell whether the type matches; `slo.burn_rate.*` takes all of a noun."""
    return fnmatchcase(event_type, pattern)
