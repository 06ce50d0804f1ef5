"""Tables that are only added to: UPDATE, DELETE and TRUNCATE are refused by the database itself (DESIGN, 5)."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True)
class AppendOnly:
    """A table whose rows never change or go. `once` names columns that may be filled once, the first one with them."""

    table: str
    once: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    """All other columns; needed when `once` is not empty."""

    def triggers(self, *, sqlite: bool) -> list[tuple[str, str]]:
        """Each trigger's name, and when it refuses."""
        of_columns = f" OF {', '.join(self.columns)}" if self.once else ""
        made = [
            (f"{self.table}_no_update", f"UPDATE{of_columns} ON {self.table} FOR EACH ROW"),
            (f"{self.table}_no_delete", f"DELETE ON {self.table} FOR EACH ROW"),
        ]
        if self.once:
            filling = f"UPDATE OF {', '.join(self.once)} ON {self.table} FOR EACH ROW"
            made.append(
                (f"{self.table}_no_second_update", f"{filling} WHEN (OLD.{self.once[0]} IS NOT NULL)")
            )
        if not sqlite:  # SQLite has no TRUNCATE
            made.append((f"{self.table}_no_truncate", f"TRUNCATE ON {self.table} FOR EACH STATEMENT"))
        return made


def make_triggers(connection: Connection, tables: Iterable[AppendOnly]) -> None:
    """Make the triggers again; call it after every migration, as SQLite drops them when a table is rebuilt."""
    for rule in tables:
        for statement in _statements(rule, sqlite=connection.dialect.name == "sqlite"):
            connection.execute(text(statement))


def missing_triggers(connection: Connection, tables: Iterable[AppendOnly]) -> list[str]:
    """The triggers that should be there and are not."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        rows = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    else:
        rows = connection.execute(
            text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
        )
    present = {row[0] for row in rows}
    return [name for name in trigger_names(tables, sqlite=sqlite) if name not in present]


def trigger_names(tables: Iterable[AppendOnly], *, sqlite: bool) -> list[str]:
    """The triggers that should be there."""
    return [name for rule in tables for name, _ in rule.triggers(sqlite=sqlite)]


def _statements(rule: AppendOnly, *, sqlite: bool) -> list[str]:
    message = f"{rule.table} is only added to"
    made = []
    if not sqlite:
        made.append(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is only added to', TG_TABLE_NAME; END $$"
        )
    for name, when in rule.triggers(sqlite=sqlite):
        if sqlite:
            made.append(f"DROP TRIGGER IF EXISTS {name}")
            made.append(f"CREATE TRIGGER {name} BEFORE {when} BEGIN SELECT RAISE(ABORT, '{message}'); END")
        else:
            made.append(f"DROP TRIGGER IF EXISTS {name} ON {rule.table}")
            made.append(f"CREATE TRIGGER {name} BEFORE {when} EXECUTE FUNCTION refuse_change()")
    return made
