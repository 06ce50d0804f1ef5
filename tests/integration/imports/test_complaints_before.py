"""Complaints that were imported before there were pages for them become ordinary ones."""

from pathlib import Path
from uuid import UUID, uuid4

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from chassis.database import Database
from chassis.migrations import migrate, migrations_of

_CUSTOMER = (
    "INSERT INTO customers (id, version, branch_id, crf, crf_key, name, name_key, search, mobile_digits, "
    "mobile_reversed, id_type, id_number, house_name, street, area, district, province, country, postal_code, locale, "
    "notes, state, created_at, updated_at) VALUES (:id, 1, :branch, '101', '101', 'Deepa', 'deepa', ' deepa ', '', '', "
    "'', '', '', '', '', '', '', '', '', 'en', '', 'active', '2026-05-04 04:00:00', '2026-05-04 04:00:00')"
)
_BRANCH = (
    "INSERT INTO branches (id, version, code, name, currency, time_zone, locale, tax_id, letterhead, "
    "minimum_payment_minor, invoicing, proration, grace_days, suspend_after_days, reminder_days, created_at, "
    "updated_at) VALUES (:id, 1, 'MAIN', 'Main', 'INR', 'Asia/Kolkata', 'en', '', '[]', 25000, 'on_payment', 'none', "
    "0, 60, '[]', '2026-05-04 04:00:00', '2026-05-04 04:00:00')"
)
_COMPLAINT = (
    "INSERT INTO complaints (id, source, number, customer_id, crf, kind, message, is_read, is_resolved, imported_at) "
    "VALUES (:id, 'CTVMS MAIN', :number, :customer, '101', :kind, 'Complaint text', :read, :resolved, "
    "'2026-05-04 04:00:00')"
)


def told(database: Database, id_: UUID) -> object:
    """An id as raw SQL takes it."""
    return id_.hex if database.is_sqlite else id_


def imported(connection: Connection, database: Database) -> None:
    """The tables as they were, with a customer and two complaints."""
    config = Config()
    config.set_main_option("script_location", str(migrations_of("customers")))
    config.attributes["connection"] = connection
    command.upgrade(config, "0001")
    branch, customer = told(database, uuid4()), told(database, uuid4())
    connection.execute(text(_BRANCH), {"id": branch})
    connection.execute(text(_CUSTOMER), {"id": customer, "branch": branch})
    for number, kind, read, resolved in (
        ("1000", "SET-TOP BOX COMPLAINT", True, False), ("1001", "Rude letter", True, True),
    ):  # fmt: skip
        row = {"id": told(database, uuid4()), "number": number, "customer": customer, "kind": kind}
        connection.execute(text(_COMPLAINT), {**row, "read": read, "resolved": resolved})


def assert_taken_over(url: str) -> None:
    database = Database(url)
    try:
        with database.engine.connect() as connection, connection.begin():
            imported(connection, database)
        migrate(database, migrations_of("customers"))
        with database.engine.connect() as connection:
            found = connection.execute(
                text(
                    "SELECT number, kind, state, source_number, read_at IS NOT NULL, resolved_on IS NOT NULL, "
                    "CAST(filed_on AS VARCHAR) FROM complaints ORDER BY number"
                )
            )
            rows = [tuple(row) for row in found]
            moves = connection.execute(text("SELECT count(*) FROM complaint_moves")).scalar_one()
    finally:
        database.close()
    assert rows == [
        ("CTVMS-MAIN-1000", "set_top_box", "open", "1000", True, False, "2026-05-04"),
        ("CTVMS-MAIN-1001", "other", "resolved", "1001", True, True, "2026-05-04"),
    ]
    assert moves == 2


def test_earlier_imports_are_taken_over_on_sqlite(tmp_path: Path) -> None:
    assert_taken_over(f"sqlite:///{tmp_path / 'customers.db'}")


def test_earlier_imports_are_taken_over_on_postgresql(postgres_url: str) -> None:
    assert_taken_over(postgres_url)
