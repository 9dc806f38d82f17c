"""What a portal needs before it serves: tables, a first administrator, what it ships with."""

import fcntl
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from portal.shared import seeds
from portal.shared.errors import DomainError


class NotPrepared(DomainError):
    title = "The portal cannot be prepared"


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """Printed once; the database holds only a hash of the password."""

    username: str
    password: str


def prepare(*, at: datetime, with_demo: bool) -> FirstAdministrator | None:
    """This will migrate, and on the first start make an administrator and seed.

    A portal that has an administrator keeps its rows as they are: what its people deleted
    does not come back. Returns None then. Raises NotPrepared.
    """
    try:
        for folder in (Path(settings.STATE_DIR), Path(settings.STATIC_ROOT)):
            # Password hashes and the addresses of pages are nobody else's on this machine.
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _nobody_else_preparing():
            use_write_ahead_log()
            call_command("migrate", verbosity=0, interactive=False)
            if User.objects.filter(is_superuser=True).exists():
                return None
            return _settle_in(at=at, with_demo=with_demo)
    except (OSError, DatabaseError) as error:
        raise NotPrepared(
            f"The portal cannot keep its state ({error}). Check that {settings.STATE_DIR} can be "
            "written to and has room, and that the database at DATABASE_URL answers."
        ) from error


@contextmanager
def _nobody_else_preparing() -> Iterator[None]:
    """Two portals that start at once on one state directory would migrate the same tables."""
    with (Path(settings.STATE_DIR) / "preparing.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def use_write_ahead_log() -> None:
    """This will put a SQLite file into WAL mode, once: the mode is kept in the file."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode=WAL")


@transaction.atomic
def _settle_in(*, at: datetime, with_demo: bool) -> FirstAdministrator:
    first = FirstAdministrator("admin", secrets.token_urlsafe(12))
    operator = User.objects.create_superuser(first.username, "", first.password)
    seeds.sow_defaults(at=at, operator=operator)
    if with_demo:
        seeds.sow_demo(at=at, operator=operator)
    return first
