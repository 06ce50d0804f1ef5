"""Bringing a service's database to its newest form, with Alembic, one replica at a time."""

import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect, text
from sqlalchemy.exc import OperationalError

from chassis.audit_chain import AUDIT_LOG
from chassis.database import Database
from chassis.logs import logger
from chassis.settings import WrongSetting
from chassis.tables import ChassisBase
from chassis.triggers import AppendOnly, make_triggers, missing_triggers

log = logger(__name__)

_LOCK = 0x48454144  # any number, the same in every replica
FLOOR = "schema_floor"
"""The table with the oldest migration whose code still works with this database; beside Alembic's, and like it in none
of our models."""


_HELD_UP = frozenset({"40P01", "55P03"})
"""PostgreSQL's words for a deadlock, and for a lock that somebody else did not let go in time."""
_PAUSES = (1.0, 2.0, 5.0, 10.0, 20.0)
"""Seconds between tries, in which those who work on the tables go on."""


def migrate(database: Database, folder: Path, append_only: tuple[AppendOnly, ...] = ()) -> None:
    """Run the migrations in `folder` and make the append-only triggers again, all or nothing.

    Services at work may hold tables in another order than a migration takes them; it then begins again. Raises
    OperationalError when it was held up each time.
    """
    for pause in _PAUSES:
        try:
            return _migrate_once(database, folder, append_only)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in _HELD_UP:
                raise
            log.warning("migration held up by work on the tables, begun again", pause=pause)
            time.sleep(pause)
    return _migrate_once(database, folder, append_only)


def _migrate_once(database: Database, folder: Path, append_only: tuple[AppendOnly, ...]) -> None:
    config = _config(folder)
    with database.engine.connect() as connection, connection.begin():
        if (
            not database.is_sqlite
        ):  # a migration, or waiting for another replica's, may take longer than a call may
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            connection.execute(
                text("SET LOCAL lock_timeout TO DEFAULT")
            )  # who waits for a table holds up its users
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        make_triggers(connection, (*append_only, AUDIT_LOG))
        _write_floor(connection, ScriptDirectory.from_config(config))


def check(database: Database, folder: Path, append_only: tuple[AppendOnly, ...] = ()) -> None:
    """Raises WrongSetting when the database has not the form that this code needs, or lacks a trigger.

    A newer form is fine as long as migrations only added to it (docs/upgrade.md): so a replica of the old version may
    start while the new one is brought in.
    """
    script = ScriptDirectory.from_config(_config(folder))
    known = {one.revision for one in script.walk_revisions()}
    with database.engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_heads()
        floor = _floor(connection)
        missing = missing_triggers(connection, (*append_only, AUDIT_LOG))
        connection.rollback()
    newer = bool(at) and not set(at) & known
    if newer and floor not in known:
        raise WrongSetting(
            f"The database is at migration {at}, which is newer than this Headend can use; start the newer version."
        )
    if newer:
        log.warning("the database is newer than this version, and still fit for it", at=at)
    elif set(at) != set(script.get_heads()):
        raise WrongSetting(
            f"The database is at migration {at or 'none'}, not {script.get_heads()}; run `headend migrate` first."
        )
    if missing:
        raise WrongSetting(
            f"The database lacks the triggers {', '.join(missing)}; run `headend migrate` first."
        )


def run_environment(service_metadata: MetaData) -> None:
    """What every service's migrations/env.py does: run on the connection that `migrate` hands over."""
    from alembic import context

    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection, target_metadata=[service_metadata, ChassisBase.metadata],
        render_as_batch=connection.dialect.name == "sqlite", compare_type=True,
        include_name=lambda name, kind, _: not (kind == "table" and name == FLOOR),
    )  # fmt: skip
    context.run_migrations()


def migrations_of(package: str) -> Path:
    """The migrations folder of a service's package."""
    import importlib

    return Path(str(importlib.import_module(package).__file__)).parent / "migrations"


def _write_floor(connection: Connection, script: ScriptDirectory) -> None:
    """Code from the newest migration on that took something away still works, older code does not."""
    downwards = list(script.walk_revisions())
    taking = (one for one in downwards if getattr(one.module, "CONTRACTS", ""))
    floor = next(taking, downwards[-1]).revision
    if _floor(connection) != floor:
        connection.execute(text(f"CREATE TABLE IF NOT EXISTS {FLOOR} (revision VARCHAR(80) NOT NULL)"))
        connection.execute(text(f"DELETE FROM {FLOOR}"))  # noqa: S608 - a name of ours
        connection.execute(text(f"INSERT INTO {FLOOR} VALUES (:floor)"), {"floor": floor})  # noqa: S608 - a name of ours


def _floor(connection: Connection) -> str | None:
    """None for a database of a version that wrote none."""
    if not inspect(connection).has_table(FLOOR):
        return None
    found: str | None = connection.execute(text(f"SELECT revision FROM {FLOOR}")).scalar()  # noqa: S608 - a name of ours
    return found


def _config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config
