"""Money: charges, journal, balances and what payments settled, from billing's tables."""

from deploy.verify.databases import Databases
from deploy.verify.findings import Findings

_STANDING = "NOT EXISTS (SELECT 1 FROM payment_voids v WHERE v.payment_id = p.id)"
_OPENING = (
    "journal_lines l JOIN journal_entries e ON e.id = l.entry_id"
    " WHERE e.kind = 'opening' AND l.account = 'receivable' AND l.amount_minor < 0"
)


def check_books(databases: Databases, findings: Findings) -> None:
    """All that must hold in the ledger whatever happened before."""
    _check_charges(databases, findings)
    _check_journal(databases, findings)
    _check_balances(databases, findings)
    _check_settled(databases, findings)
    _check_entries(databases, findings)
    _check_cash_desks(databases, findings)


def _check_charges(databases: Databases, findings: Findings) -> None:
    twice = databases.stream(
        "billing",
        "SELECT subscription_id, period, count(*) FROM charges WHERE kind = 'recurring'"
        " GROUP BY subscription_id, period HAVING count(*) > 1",
    )
    findings.none_of(
        twice, "Subscriptions charged more than once for a period", "subscription {}, {}: {} charges"
    )


def _check_journal(databases: Databases, findings: Findings) -> None:
    unbalanced = databases.stream(
        "billing",
        "SELECT entry_id, sum(amount_minor) FROM journal_lines GROUP BY entry_id HAVING sum(amount_minor) <> 0",
    )
    findings.none_of(unbalanced, "Journal entries that do not sum to zero", "entry {} is {} away from zero")
    empty = databases.stream(
        "billing",
        "SELECT id, kind FROM journal_entries e"
        " WHERE NOT EXISTS (SELECT 1 FROM journal_lines l WHERE l.entry_id = e.id)",
    )
    findings.none_of(empty, "Journal entries without lines", "entry {} ({})")
    lines = databases.one("billing", "SELECT count(*) FROM journal_lines")
    findings.figure("journal lines (sum zero per entry)", lines)
    if databases.is_sqlite:  # PostgreSQL's columns hold nothing else
        _check_whole_amounts(databases, findings)


def _check_whole_amounts(databases: Databases, findings: Findings) -> None:
    for table, key in (("journal_lines", "entry_id"), ("charges", "id"), ("payments", "number"),
                       ("allocations", "payment_id")):  # fmt: skip
        odd = f"SELECT {key}, amount_minor FROM {table} WHERE typeof(amount_minor) <> 'integer'"
        findings.none_of(
            databases.stream("billing", odd),
            f"Amounts of {table} that are no whole number of minor units",
            "{}: {}",
        )


def _check_balances(databases: Databases, findings: Findings) -> None:
    moves = (
        "SELECT customer_id, amount_minor AS balance, 0 AS expected FROM journal_lines WHERE account = 'receivable'"
        " UNION ALL SELECT customer_id, 0, amount_minor FROM charges"
        f" UNION ALL SELECT customer_id, 0, -amount_minor FROM payments p WHERE {_STANDING}"
        f" UNION ALL SELECT l.customer_id, 0, l.amount_minor FROM {_OPENING}"
    )
    wrong = databases.stream(
        "billing",
        f"SELECT customer_id, sum(balance), sum(expected) FROM ({moves}) m"
        " GROUP BY customer_id HAVING sum(balance) <> sum(expected)",
    )
    findings.none_of(
        wrong,
        "Customers whose balance is not charges minus payments",
        "customer {}: the journal says {}, charges minus payments are {}",
    )
    customers = databases.one("billing", "SELECT count(DISTINCT customer_id) FROM charges")
    findings.figure("customers with charges (balance = charges minus payments)", customers)


def _check_settled(databases: Databases, findings: Findings) -> None:
    wrong = databases.stream(
        "billing",
        "SELECT c.id, c.customer_id, c.period, c.settled_minor, coalesce(s.paid, 0) + coalesce(o.taken, 0)"
        " FROM charges c LEFT JOIN (SELECT a.charge_id, sum(a.amount_minor) AS paid"
        f" FROM allocations a JOIN payments p ON p.id = a.payment_id WHERE {_STANDING} GROUP BY a.charge_id) s"
        " ON s.charge_id = c.id"
        f" LEFT JOIN (SELECT l.charge_id, sum(-l.amount_minor) AS taken FROM {_OPENING} GROUP BY l.charge_id) o"
        " ON o.charge_id = c.id WHERE c.settled_minor <> coalesce(s.paid, 0) + coalesce(o.taken, 0)",
    )
    findings.none_of(
        wrong,
        "Charges whose settled amount is not what payments allocated to them",
        "charge {} of customer {}, {}: settled {}, allocated {}",
    )
    apart = databases.stream(
        "billing",
        "SELECT p.number, p.amount_minor, coalesce(a.parts, 0) FROM payments p"
        " LEFT JOIN (SELECT payment_id, sum(amount_minor) AS parts FROM allocations GROUP BY payment_id) a"
        " ON a.payment_id = p.id WHERE coalesce(a.parts, 0) <> p.amount_minor",
    )
    findings.none_of(
        apart, "Payments whose allocations do not sum to their amount", "{}: amount {}, allocations {}"
    )
    strangers = databases.stream(
        "billing",
        "SELECT p.number, c.id FROM allocations a JOIN payments p ON p.id = a.payment_id"
        " JOIN charges c ON c.id = a.charge_id WHERE c.customer_id <> p.customer_id OR c.currency <> p.currency",
    )
    findings.none_of(
        strangers, "Payments that settle a charge of somebody else or in another currency", "{}: charge {}"
    )


def _check_entries(databases: Databases, findings: Findings) -> None:
    """Each payment is in the journal with its amount, and each void takes that entry back."""
    wrong = databases.stream(
        "billing",
        "SELECT p.number, p.amount_minor, coalesce(l.taken, 0) FROM payments p"
        " LEFT JOIN (SELECT entry_id, sum(-amount_minor) AS taken FROM journal_lines WHERE account = 'receivable'"
        " GROUP BY entry_id) l ON l.entry_id = p.entry_id WHERE coalesce(l.taken, 0) <> p.amount_minor",
    )
    findings.none_of(wrong, "Payments that the journal has with another amount", "{}: amount {}, journal {}")
    unreversed = databases.stream(
        "billing",
        "SELECT p.number FROM payment_voids v JOIN payments p ON p.id = v.payment_id"
        " JOIN journal_entries e ON e.id = v.entry_id WHERE e.reverses IS NULL OR e.reverses <> p.entry_id",
    )
    findings.none_of(unreversed, "Voided payments whose entry is not reversed")
    lone = databases.stream(
        "billing",
        "SELECT e.id FROM journal_entries e LEFT JOIN payment_voids v ON v.entry_id = e.id"
        " WHERE e.reverses IS NOT NULL AND v.payment_id IS NULL",
    )
    findings.none_of(lone, "Reversing entries without a void", "entry {}")


def _check_cash_desks(databases: Databases, findings: Findings) -> None:
    wrong = databases.stream(
        "billing",
        "SELECT s.id, s.cashier_name, s.expected_minor, s.opening_minor + coalesce(m.moved, 0) FROM cash_sessions s"
        " LEFT JOIN (SELECT session_id, sum(amount_minor) AS moved FROM cash_lines GROUP BY session_id) m"
        " ON m.session_id = s.id WHERE s.closed_at IS NOT NULL"
        " AND s.expected_minor <> s.opening_minor + coalesce(m.moved, 0)",
    )
    findings.none_of(
        wrong,
        "Closed cash desks that expected something else than what moved",
        "desk {} of {}: {}, moved {}",
    )
    cash = databases.stream(
        "billing",
        "SELECT p.number, l.kind, l.amount_minor FROM cash_lines l JOIN payments p ON p.id = l.payment_id"
        " WHERE p.mode <> 'cash' OR abs(l.amount_minor) <> p.amount_minor OR (l.kind = 'void') <> (l.amount_minor < 0)",
    )
    findings.none_of(cash, "Cash lines that do not fit their payment", "{}: {} of {}")
