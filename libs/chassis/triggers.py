"""Tables that are only added to: updates and deletes are refused by the database itself (DESIGN, 5)."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True)
class AppendOnly:
    """A table whose rows never change or go. `mutable` names columns that may still be updated."""

    table: str
    mutable: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    """All other columns; needed when `mutable` is not empty."""


def make_triggers(connection: Connection, tables: Iterable[AppendOnly]) -> None:
    """Make the triggers again; call it after every migration, as SQLite drops them when a table is rebuilt."""
    for rule in tables:
        for statement in _statements(connection.dialect.name, rule):
            connection.execute(text(statement))


def missing_triggers(connection: Connection, tables: Iterable[AppendOnly]) -> list[str]:
    """The triggers that should be there and are not."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    else:
        rows = connection.execute(
            text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
        )
    present = {row[0] for row in rows}
    wanted = [f"{rule.table}_no_{operation}" for rule in tables for operation in ("update", "delete")]
    return [name for name in wanted if name not in present]


def _statements(dialect: str, rule: AppendOnly) -> list[str]:
    of_columns = f" OF {', '.join(rule.columns)}" if rule.mutable else ""
    message = f"{rule.table} is only added to"
    made = []
    for operation, scope in (("update", of_columns), ("delete", "")):
        name = f"{rule.table}_no_{operation}"
        if dialect == "sqlite":
            made.append(f"DROP TRIGGER IF EXISTS {name}")
            made.append(
                f"CREATE TRIGGER {name} BEFORE {operation.upper()}{scope} ON {rule.table} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
        else:
            made.append(
                "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION '% is only added to', TG_TABLE_NAME; END $$"
            )
            made.append(f"DROP TRIGGER IF EXISTS {name} ON {rule.table}")
            made.append(
                f"CREATE TRIGGER {name} BEFORE {operation.upper()}{scope} ON {rule.table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
    return made
