"""Make a PostgreSQL database for one CI run, and drop that one and no other."""

import os
import secrets
import sys
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

SERVER = "127.0.0.1"
USERS = (os.environ.get("PGUSER", ""), os.environ.get("USER", ""), "postgres", "root")
MARK = "operations portal, one CI run: "


def connect() -> tuple[psycopg.Connection[tuple[object, ...]], str]:
    """This will connect as the first user that is let in and may create databases."""
    reasons = []
    for user in dict.fromkeys(filter(None, USERS)):
        try:
            connection = psycopg.connect(
                host=SERVER, user=user, dbname="postgres", autocommit=True, connect_timeout=5
            )
        except psycopg.Error as error:
            reasons.append(f"{user}: {error}".strip())
            continue
        row = connection.execute(
            "SELECT inet_server_addr() << '127.0.0.0/8', rolcreatedb OR rolsuper"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        if row == (True, True):
            return connection, user
        reasons.append(f"{user}: not a local server, or no right to create databases")
    sys.exit(f"No PostgreSQL to test on at {SERVER}: " + "; ".join(reasons))


def create() -> str:
    connection, user = connect()
    name = f"portal_ci_{secrets.token_hex(6)}"
    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    connection.execute(
        sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), MARK + name)
    )
    return f"postgres://{user}@{SERVER}:5432/{name}"


def drop(url: str) -> None:
    name = urlsplit(url).path.lstrip("/")
    connection, _user = connect()
    row = connection.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
    ).fetchone()
    if row != (MARK + name,):
        sys.exit(f"{name} does not carry the mark of this run; it is left alone.")
    connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["create"]:
            print(create())  # noqa: T201  (the answer of this script)
        case ["drop", address]:
            drop(address)
        case _:
            sys.exit("usage: database.py create | drop URL")
