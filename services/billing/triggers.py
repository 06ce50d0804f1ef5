"""Which tables are only added to; made after every migration and checked at start (DESIGN, 5)."""

from sqlalchemy import Connection

from chassis.triggers import AppendOnly, make_triggers, missing_triggers

APPEND_ONLY = tuple(
    AppendOnly(table)
    for table in (
        "journal_entries",
        "journal_lines",
        "payments",
        "payment_voids",
        "allocations",
        "invoices",
        "subscription_moves",
        "external_documents",
    )
)


def make_billing_triggers(connection: Connection) -> None:
    """Refuse updates and deletes of the journal, payments, invoices and moves."""
    make_triggers(connection, APPEND_ONLY)


def missing_billing_triggers(connection: Connection) -> list[str]:
    """What a start must not go on without."""
    return missing_triggers(connection, APPEND_ONLY)
