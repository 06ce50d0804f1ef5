"""A PostgreSQL database out into a stream and back, by PostgreSQL's own pg_dump and pg_restore."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from chassis.settings import WrongSetting


@contextmanager
def dumped(url: str, snapshot: str) -> Iterator[IO[bytes]]:
    """The database at an exported snapshot, in pg_dump's custom format. Raises WrongSetting when pg_dump fails."""
    arguments = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    with _program("pg_dump", url, arguments, stdin=None) as process:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        yield process.stdout


@contextmanager
def restored(url: str) -> Iterator[IO[bytes]]:
    """What is written here becomes the database, in one transaction. Raises WrongSetting when pg_restore fails."""
    arguments = ["--no-owner", "--no-privileges", "--no-comments", "--single-transaction", "--exit-on-error"]
    with _program("pg_restore", url, arguments, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None  # noqa: S101 - it was asked for
        try:
            yield process.stdin
            process.stdin.close()
        except BrokenPipeError:
            pass  # why it ended is said by _program


def tables_of(url: str) -> int:
    """How many tables the database has. Raises WrongSetting when it cannot be reached."""
    with _connection(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchone()
        return int(row[0]) if row else 0


def empty(url: str) -> None:
    """Drop everything in the database. Raises WrongSetting while somebody else is connected."""
    with _connection(url) as connection:
        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        ).fetchone()
        if others and others[0]:
            raise WrongSetting(
                f"{others[0]} connections use the database {connection.info.dbname}; stop all services first."
            )
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


@contextmanager
def _connection(url: str) -> Iterator[psycopg.Connection]:
    try:
        with psycopg.connect(_plain(url), connect_timeout=10) as connection:
            yield connection
    except psycopg.OperationalError as error:
        raise WrongSetting(f"A database does not answer ({str(error).strip()}).") from error


@contextmanager
def _program(
    name: str, url: str, arguments: Sequence[str], *, stdin: int | None
) -> Iterator[subprocess.Popen[bytes]]:
    place: dict[str, Any] = dict(conninfo_to_dict(_plain(url)))
    environment = {**os.environ}
    if password := place.pop("password", None):
        environment["PGPASSWORD"] = str(
            password
        )  # not on the command line, which every user of the machine sees
    command = [_found(name), *arguments, f"--dbname={make_conninfo(**place)}"]
    process = subprocess.Popen(  # noqa: S603 - the command is ours
        command,
        stdin=stdin if stdin is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE if stdin is None else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
    )
    try:
        yield process
        told = process.stderr.read().decode(errors="replace").strip() if process.stderr else ""
        if process.wait():
            raise WrongSetting(f"{name} failed: {told[-1000:]}")
    finally:
        process.kill()
        process.wait()


def _found(name: str) -> str:
    """The program; of several, the newest, which knows every older server."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda one: int(one.parts[4]))
    found = str(versions[-1]) if versions else shutil.which(name)
    if found is None:
        raise WrongSetting(
            f"{name} is not on this machine; install PostgreSQL's client programs (postgresql-client)."
        )
    return found


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://").replace("postgres://", "postgresql://")
