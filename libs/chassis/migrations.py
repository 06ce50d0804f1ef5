"""Bringing a service's database to its newest form, with Alembic, one replica at a time."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text

from chassis.database import Database
from chassis.settings import WrongSetting
from chassis.tables import ChassisBase
from chassis.triggers import AppendOnly, make_triggers, missing_triggers

_LOCK = 0x48454144  # any number, the same in every replica


def migrate(database: Database, folder: Path, append_only: tuple[AppendOnly, ...] = ()) -> None:
    """Run the migrations in `folder` and make the append-only triggers again."""
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
        make_triggers(connection, append_only)


def check(database: Database, folder: Path, append_only: tuple[AppendOnly, ...] = ()) -> None:
    """Raises WrongSetting when the database is not at the newest form or lacks a trigger."""
    with database.engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_heads()
        newest = ScriptDirectory.from_config(_config(folder)).get_heads()
        missing = missing_triggers(connection, append_only)
        connection.rollback()
    if set(at) != set(newest):
        raise WrongSetting(
            f"The database is at migration {at or 'none'}, not {newest}; run `headend migrate` first."
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
    )  # fmt: skip
    context.run_migrations()


def migrations_of(package: str) -> Path:
    """The migrations folder of a service's package."""
    import importlib

    return Path(str(importlib.import_module(package).__file__)).parent / "migrations"


def _config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config
