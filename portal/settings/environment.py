"""Read settings from the environment, and refuse wrong ones in one sentence."""

import ipaddress
import itertools
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

_CLASS_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
_DAYS = re.compile(r"[1-9][0-9]{0,4}")


class SettingRefused(ImproperlyConfigured):
    """A variable holds something the portal cannot start with."""

    def __init__(self, variable: str, found: str | None, allowed: str) -> None:
        stated = "is not set" if found is None else f"is {found!r}"
        super().__init__(f"The environment variable {variable} {stated}; it must be {allowed}.")


def _in_one_sentence(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """uvicorn and Celery read the settings too; what is wrong is not a bug of theirs."""
    if isinstance(error, SettingRefused):
        sys.stderr.write(f"{error}\n")
    else:
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _in_one_sentence


def text(variable: str, default: str | None = None, *, allowed: str = "set") -> str:
    """This will return the variable, or the content of the file `<variable>_FILE` names."""
    file = os.environ.get(f"{variable}_FILE")
    if file:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingRefused(f"{variable}_FILE", file, "a file the portal can read") from error
    found = os.environ.get(variable)
    if found:
        return found
    if default is None:
        raise SettingRefused(variable, None, allowed)
    return default


def flag(variable: str, *, default: bool) -> bool:
    """This will return True for `true` and False for `false`, and refuse all else."""
    found = os.environ.get(variable)
    if not found:
        return default
    if found.lower() not in {"true", "false"}:
        raise SettingRefused(variable, found, "true or false")
    return found.lower() == "true"


def whole_number(variable: str, *, default: int, least: int, most: int) -> int:
    found = os.environ.get(variable)
    if not found:
        return default
    allowed = f"a whole number from {least} to {most}"
    try:
        number = int(found)
    except ValueError as error:
        raise SettingRefused(variable, found, allowed) from error
    if not least <= number <= most:
        raise SettingRefused(variable, found, allowed)
    return number


def one_of(variable: str, choices: Iterable[str], *, default: str) -> str:
    found = os.environ.get(variable) or default
    if found not in (known := tuple(choices)):
        raise SettingRefused(variable, found, "one of " + ", ".join(known))
    return found


def items(variable: str, *, default: tuple[str, ...] = ()) -> list[str]:
    """This will return the comma-separated parts of the variable, without blanks."""
    found = os.environ.get(variable)
    if not found:
        return list(default)
    return [part.strip() for part in found.split(",") if part.strip()]


def secrets(variable: str) -> list[str]:
    """This will return the comma-separated secrets of the variable, or of its file."""
    return [part.strip() for part in text(variable, "").split(",") if part.strip()]


def networks(variable: str, *, default: tuple[str, ...] = ()) -> list[str]:
    """This will return IP networks in CIDR form, for example `10.0.0.0/8`."""
    found = items(variable, default=default)
    for network in found:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            raise SettingRefused(
                variable, network, "a comma-separated list of networks like 10.0.0.0/8"
            ) from error
    return found


def retention_classes(variable: str) -> dict[str, int | None]:
    """This will return days by class from `billing=90,orders=keep`; None keeps for ever."""
    allowed = "comma-separated classes with days, like billing=90,orders=keep"
    found: dict[str, int | None] = {}
    for item in items(variable):
        name, _equals, days = item.partition("=")
        if not _CLASS_NAME.fullmatch(name) or not (days == "keep" or _DAYS.fullmatch(days)):
            raise SettingRefused(variable, item, allowed)
        found[name] = None if days == "keep" else int(days)
    return found


def tiers(
    variable: str, lengths: Mapping[str, int], *, default: str, least_days: int
) -> list[tuple[int, int | None]]:
    """This will return (length, days) from `minute=100,day=keep`, the first length first.

    Lengths grow, and so do days; the first is kept `least_days` or longer, the last for ever.
    """
    found = os.environ.get(variable) or default
    named = [item.partition("=") for item in found.split(",")]
    known = [(lengths.get(name.strip(), 0), days.strip()) for name, _equals, days in named]
    kept = [int(days) for _length, days in known[:-1] if _DAYS.fullmatch(days)]
    is_right = (
        known[0][0] == min(lengths.values())
        and known[-1][1] == "keep"
        and _grows([length for length, _days in known])
        and len(kept) == len(known) - 1
        and _grows([least_days - 1, *kept])
    )
    if not is_right:
        raise SettingRefused(
            variable,
            found,
            f"tiers from fine to coarse out of {', '.join(lengths)}, each with more days than the "
            f"one before it, the first with {least_days} or more and the last with keep, like "
            f"{default}",
        )
    return [(length, None if days == "keep" else int(days)) for length, days in known]


def _grows(numbers: Sequence[int]) -> bool:
    return all(one < other for one, other in itertools.pairwise(numbers))


def url(variable: str, *, schemes: tuple[str, ...], default: str | None = None) -> str:
    allowed = "a URL beginning with " + " or ".join(f"{s}://" for s in schemes)
    found = text(variable, default, allowed=allowed)
    if found and _scheme_of(found) not in schemes:
        raise SettingRefused(variable, _without_password(found), allowed)
    return found


def database(variable: str, *, default: str) -> dict[str, Any]:
    """This will return Django's settings for a `sqlite:///…` or `postgres://…` URL."""
    found = url(variable, schemes=("sqlite", "postgres", "postgresql"), default=default)
    try:
        settings: dict[str, Any] = environ.Env.db_url_config(found)
    except ValueError:
        settings = {}
    if not settings.get("NAME"):
        raise SettingRefused(variable, _without_password(found), "a URL that names a database")
    return settings


def _scheme_of(address: str) -> str:
    try:
        return urlsplit(address).scheme
    except ValueError:
        return ""


def _without_password(address: str) -> str:
    return address.rpartition("@")[2]
