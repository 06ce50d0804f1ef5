"""Which tables are only added to: chassis makes their triggers after every migration and checks them at
start.
"""

from chassis.triggers import AppendOnly

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
        "cash_lines",
        "number_gaps",
    )
)
