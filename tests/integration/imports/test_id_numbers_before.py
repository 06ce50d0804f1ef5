"""ID numbers that a Headend of before keeps in clear, and one of before that runs on beside the new one."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, select, text

from chassis.clock import SystemClock
from chassis.database import Database
from chassis.field_keys import FieldKeys
from chassis.keys import KeyFolder
from chassis.migrations import migrate, migrations_of
from customers.domain.masking import MASK
from customers.sealed import seal_some
from customers.tables import Customer
from tests.integration.imports.test_complaints_before import _BRANCH, _CUSTOMER, told

_HISTORY = (
    "INSERT INTO customer_history (id, customer_id, kind, reason, changes, by_subject, by_name, at) VALUES "
    "(:id, :customer, 'changed', '', :changes, 'staff:1', 'Ada', '2026-05-04 04:00:00')"
)
_CHANGES = '[["id_number", "", "OLD-55554444"], ["street", "", "River Road"]]'


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """As it was before ID numbers were encrypted, with a branch."""
    url = f"sqlite:///{tmp_path}/customers.db"
    made = Database(request.getfixturevalue("postgres_url") if request.param == "postgresql" else url)
    config = Config()
    config.set_main_option("script_location", str(migrations_of("customers")))
    with made.engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0010_staff_logins")
    yield made
    made.close()


@pytest.fixture
def keys(tmp_path: Path) -> FieldKeys:
    folder = KeyFolder(tmp_path / "keys")
    folder.make_missing(())
    return folder.field_keys(SystemClock())


def add_as_before(database: Database, connection: Connection, crf: str, number: str) -> UUID:
    """A customer as a Headend of before writes one, with a change that tells of the number."""
    customer, branch = uuid4(), told(database, uuid4())
    if connection.execute(text("SELECT count(*) FROM branches")).scalar_one() == 0:
        connection.execute(text(_BRANCH), {"id": branch})
    branch = connection.execute(text("SELECT id FROM branches")).scalar_one()
    statement = _CUSTOMER.replace("'101', '101'", f"'{crf}', '{crf}'").replace(
        "'', '', '', '', '', '', '', '', '', 'en'",
        f"'Passport', '{number}', '', '', '', '', '', '', '', 'en'",
    )
    assert number in statement
    connection.execute(text(statement), {"id": told(database, customer), "branch": branch})
    entry = {"id": told(database, uuid4()), "customer": told(database, customer), "changes": _CHANGES}
    connection.execute(text(_HISTORY), entry)
    return customer


def kept_in_clear(database: Database) -> bool:
    with database.engine.connect() as connection:
        rows = [
            *connection.execute(text("SELECT id_number, id_number_sealed, id_number_masked FROM customers")),
            *connection.execute(text("SELECT CAST(changes AS VARCHAR(2000)) FROM customer_history")),
        ]
    return any("5555" in str(row) for row in rows)


def test_what_is_there_is_masked_by_the_migration_and_encrypted_by_the_job(
    database: Database, keys: FieldKeys
) -> None:
    with database.engine.connect() as connection, connection.begin():
        first = add_as_before(database, connection, "101", "OLD-55554444")
    migrate(database, migrations_of("customers"))
    with database.engine.connect() as connection, connection.begin():
        beside = add_as_before(database, connection, "102", "OLD-55553333")
    with database.transaction() as session:
        assert seal_some(session, keys) == 2
    assert not kept_in_clear(database)
    with database.reading() as session:
        found = {one.id: one for one in session.scalars(select(Customer))}
    assert (found[first].id_number(keys), found[beside].id_number(keys)) == ("OLD-55554444", "OLD-55553333")
    assert found[first].shown_id_number() == f"{MASK}4444"
