"""PostgreSQL for tests: the server named by HEADEND_TEST_DATABASE_URL, else a private throw-away one."""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests.ports import free_port
from tests.real_servers.binaries import postgres_programs
from tests.real_servers.private_folder import end_tree, make_folder, remove_folder

_START_SECONDS = 60


class PostgresServer:
    """A server that answers at `admin_url`, where databases can be made."""

    def __init__(self, admin_url: str) -> None:
        self.admin_url = admin_url

    @contextlib.contextmanager
    def databases(self, *services: str) -> Iterator[dict[str, str]]:
        """One new database for each service, owned by a role of its own; all gone at the end.

        Gives {service: "postgresql://role:password@host:port/database"}; C.UTF-8, as operators' are.
        """
        run = secrets.token_hex(4)
        names = {service: f"headend_{run}_{service}" for service in services}
        urls: dict[str, str] = {}
        try:
            for service, name in names.items():
                urls[service] = self._create(name)
            yield urls
        finally:
            for name in names.values():
                self._drop(name)

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement as the administrator and give its rows."""
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            # Tests write their own statements; none comes from outside.
            cursor = connection.execute(sql.SQL(statement))
            return cursor.fetchall() if cursor.description else []

    def _create(self, name: str) -> str:
        password = secrets.token_urlsafe(12)
        identifier = sql.Identifier(name)
        parts: dict[str, Any] = dict(conninfo_to_dict(self.admin_url))
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            owner = sql.Identifier(parts.get("user") or connection.info.user)
            with contextlib.suppress(
                psycopg.errors.InsufficientPrivilege
            ):  # then the databases are the caller's
                role = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(identifier, sql.Literal(password))
                connection.execute(role)
                connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(identifier))
                owner, parts["user"], parts["password"] = identifier, name, password
            connection.execute(
                sql.SQL(
                    "CREATE DATABASE {} OWNER {} TEMPLATE template0"
                    " ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
                ).format(identifier, owner)
            )
        login = parts.get("user", "") + (f":{parts['password']}" if parts.get("password") else "")
        return f"postgresql://{login}@{parts.get('host', '127.0.0.1')}:{parts.get('port', 5432)}/{name}"

    def _drop(self, name: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            for form in ("DROP DATABASE IF EXISTS {} WITH (FORCE)", "DROP ROLE IF EXISTS {}"):
                with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
                    connection.execute(sql.SQL(form).format(sql.Identifier(name)))


class PrivatePostgres(PostgresServer):
    """A server of our own on a free port of 127.0.0.1; gone with its data after `remove`.

    `within`: the folder that its own is made in, a volume of limited size, say.
    """

    def __init__(self, *, durable: bool, within: Path | None = None) -> None:
        self._programs = postgres_programs()
        self._folder = make_folder("postgres", within)
        self._data = self._folder / "data"
        self._port = free_port()
        self._durable = durable
        self._small = ["-c", "max_wal_size=64MB", "-c", "wal_recycle=off"] if within else []
        self._process: subprocess.Popen[bytes] | None = None
        # PostgreSQL refuses to run as root, so root lends it another name.
        self._user = _unprivileged_user() if os.geteuid() == 0 else None
        super().__init__(f"postgresql://headend_test@127.0.0.1:{self._port}/postgres")

    @property
    def running(self) -> bool:
        """Whether the server's process is there."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The server's process number; raises RuntimeError while it is stopped."""
        if self._process is None:
            raise RuntimeError("the server is stopped")
        return self._process.pid

    def start(self) -> None:
        """Start the server (making its data folder the first time) and wait until it answers."""
        if not self._data.exists():
            self._initialise()
        speed = [] if self._durable else ["-c", "fsync=off"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    str(self._programs / "postgres"), "-D", str(self._data), "-p", str(self._port),
                    "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
                    "-c", "max_connections=300", *self._small, *speed,
                ],
                stdout=log, stderr=log, start_new_session=True, cwd=self._folder, **self._as_user(),
            )  # fmt: skip
        self._wait_until_it_answers()

    def stop(self) -> None:
        """Shut the server down, ending its connections; its data stays."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """SIGKILL to the server and all its children; its data stays as a crash leaves it."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start; the same port, the same data."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """Stop the server and remove all it wrote."""
        self.kill()
        remove_folder(self._folder)

    def _end(self, sign: signal.Signals) -> None:
        if self._process is None:
            return
        if sign is signal.SIGINT:
            self._process.send_signal(sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=30)
        end_tree(self._process.pid)
        self._process.wait()
        self._process = None

    def _initialise(self) -> None:
        if self._user:
            shutil.chown(self._folder, self._user)
        subprocess.run(
            [
                str(self._programs / "initdb"), "-D", str(self._data), "-U", "headend_test", "-A", "trust",
                "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
            ],
            check=True, capture_output=True, cwd=self._folder, **self._as_user(),
        )  # fmt: skip

    def _as_user(self) -> dict[str, Any]:
        if self._user is None:
            return {}
        entry = pwd.getpwnam(self._user)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                psycopg.connect(self.admin_url, connect_timeout=2).close()
                return
            except psycopg.OperationalError as away:
                stopped = self._process is None or self._process.poll() is not None
                if stopped or time.monotonic() > deadline:
                    log = (self._folder / "log").read_text(errors="replace")[-2000:]
                    raise RuntimeError(f"PostgreSQL did not start: {away}\n{log}") from away
                time.sleep(0.05)


def _unprivileged_user() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@contextlib.contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[PostgresServer]:
    """The server named by HEADEND_TEST_DATABASE_URL, else a private one that is gone afterwards.

    `durable` keeps fsync on in a private one, which measurements need. Raises ServerMissing where there is
    neither.
    """
    named = os.environ.get("HEADEND_TEST_DATABASE_URL")
    if named:
        yield PostgresServer(named.replace("postgresql+psycopg://", "postgresql://"))
        return
    with private_postgres(durable=durable) as server:
        yield server


@contextlib.contextmanager
def private_postgres(*, durable: bool = False, within: Path | None = None) -> Iterator[PrivatePostgres]:
    """A server of our own even where one is named: for tests that stop or kill it."""
    server = PrivatePostgres(durable=durable, within=within)
    try:
        server.start()
        yield server
    finally:
        server.remove()
