"""A good month on either kind of database, and ways to spoil it behind everybody's back."""

import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from chassis.settings import Mode, Settings
from contracts.topology import SERVICES
from deploy.verify.databases import Databases
from tests.real_servers.servers import PostgresServer
from tests.stack.kept_month import live_month, load_into_postgres


@dataclass
class Kept:
    """A kept month of one's own, to be spoilt."""

    databases: Databases
    spoil: Callable[[str, str], None]
    """Service and statement; histories that are only added to are changed too."""
    settings: Callable[[], Settings]
    """What a command beside it would be given."""


@pytest.fixture(scope="session")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a month that is over."""
    home = tmp_path_factory.mktemp("month") / "home"
    live_month(home)
    return home


@pytest.fixture(scope="session")
def month_on_postgres(month: Path, postgres: PostgresServer) -> Iterator[Mapping[str, str]]:
    """The same month on PostgreSQL: URLs of the administrator, as others may not switch triggers off."""
    with postgres.databases(*SERVICES) as urls:
        load_into_postgres(month, urls)
        yield {service: _of_admin(postgres, urlsplit(url).path[1:]) for service, url in urls.items()}


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    """The month on SQLite, then on PostgreSQL."""
    if request.param == "sqlite":
        home = tmp_path / "home"
        shutil.copytree(request.getfixturevalue("month"), home)
        yield Kept(
            Databases.of_home(home),
            lambda service, statement: _spoil_file(home, service, statement),
            lambda: Settings(home=home),
        )
    else:
        urls = request.getfixturevalue("month_on_postgres")
        yield from _copied(request.getfixturevalue("postgres"), urls)


def _copied(postgres: PostgresServer, urls: Mapping[str, str]) -> Iterator[Kept]:
    """Only the database that is to be spoilt is copied, when it is."""
    own, copies = dict(urls), list[str]()

    def spoil(service: str, statement: str) -> None:
        if own[service] == urls[service]:
            copies.append(f"spoilt_{secrets.token_hex(6)}")
            good = urlsplit(urls[service]).path[1:]
            postgres.execute(f"CREATE DATABASE {copies[-1]} TEMPLATE {good}")
            own[service] = _of_admin(postgres, copies[-1])
            copy.databases = Databases(own)
        with psycopg.connect(own[service]) as connection:
            connection.execute("SET session_replication_role = replica")
            assert connection.execute(statement.encode()).rowcount, statement

    copy = Kept(Databases(own), spoil, lambda: _real_settings(own))
    try:
        yield copy
    finally:
        for name in copies:
            postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _real_settings(urls: Mapping[str, str]) -> Settings:
    databases = {f"{service}_database_url": url for service, url in urls.items()}
    return Settings(mode=Mode.REAL, amqp_uri="amqp://nobody@127.0.0.1:1/", **databases)  # type: ignore[arg-type]  # URLs by name


def _of_admin(postgres: PostgresServer, database: str) -> str:
    return urlunsplit(urlsplit(postgres.admin_url)._replace(path=f"/{database}"))


def _spoil_file(home: Path, service: str, statement: str) -> None:
    with closing(sqlite3.connect(home / f"{service}.db")) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        gone = statement.startswith("DROP TRIGGER ")
        assert gone or connection.execute(statement).rowcount > 0, statement
        for name, made in triggers:
            if not (gone and name in statement):
                connection.execute(made)
        connection.commit()
