"""What a portal needs before it serves: tables, a first administrator, what it ships with."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import OperationalError, connection, transaction

from portal.shared import seeds
from portal.shared.errors import Unavailable


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """Printed once; the database holds only a hash of the password."""

    username: str
    password: str


def prepare(*, at: datetime, with_demo: bool) -> FirstAdministrator | None:
    """This will migrate, and on the first start make an administrator and seed.

    A portal that has an administrator keeps its rows as they are: what its people deleted
    does not come back. Returns None then.
    """
    for folder in (Path(settings.STATE_DIR), Path(settings.STATIC_ROOT)):
        folder.mkdir(parents=True, exist_ok=True)
    _refuse_silent_database()
    use_write_ahead_log()
    call_command("migrate", verbosity=0, interactive=False)
    if User.objects.filter(is_superuser=True).exists():
        return None
    return _settle_in(at=at, with_demo=with_demo)


def _refuse_silent_database() -> None:
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise Unavailable(
            f"The database that DATABASE_URL names does not answer: {str(error).strip()}. "
            "Start it, or leave DATABASE_URL out to use SQLite."
        ) from error


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
