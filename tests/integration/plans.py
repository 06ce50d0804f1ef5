"""How PostgreSQL would carry out what the code under test asks of it."""

import re
from collections.abc import Callable

from sqlalchemy import Connection, event

from chassis.database import Database


def plans_of(database: Database, look: Callable[[], object]) -> list[str]:
    """How PostgreSQL would carry out the statements of `look` when it plans them once for all parameters."""
    statements: list[str] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def note(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    look()
    event.remove(database.engine, "before_cursor_execute", note)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE; SET plan_cache_mode = force_generic_plan")
        return [_plan(connection, statement) for statement in statements]


def _plan(connection: Connection, statement: str) -> str:
    names = dict.fromkeys(re.findall(r"%\((\w+)\)s", statement))
    for number, name in enumerate(names, 1):
        statement = statement.replace(f"%({name})s", f"${number}")
    connection.exec_driver_sql(f"PREPARE looked AS {statement}")
    arguments = f"({', '.join(['NULL'] * len(names))})" if names else ""
    lines = connection.exec_driver_sql(f"EXPLAIN EXECUTE looked{arguments}").scalars().all()
    connection.exec_driver_sql("DEALLOCATE looked")
    return "\n".join(lines)
