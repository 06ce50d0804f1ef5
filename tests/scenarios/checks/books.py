"""Money: charges, journal, balances, payments, invoices and their numbers, from billing's tables."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from tests.scenarios.checks.databases import Databases, document
from tests.scenarios.checks.findings import Findings

_STANDING = "NOT EXISTS (SELECT 1 FROM payment_voids v WHERE v.payment_id = p.id)"


def check_books(databases: Databases, findings: Findings) -> None:
    """All that must hold in billing whatever happened before."""
    _check_charges(databases, findings)
    _check_journal(databases, findings)
    _check_balances(databases, findings)
    _check_settled(databases, findings)
    _check_invoices(databases, findings)
    _check_numbers(databases, findings)


def _check_charges(databases: Databases, findings: Findings) -> None:
    twice = databases.rows(
        "billing",
        "SELECT subscription_id, period, count(*) FROM charges WHERE kind = 'recurring'"
        " GROUP BY subscription_id, period HAVING count(*) > 1",
    )
    findings.none_of(twice, "Subscriptions charged more than once for a period")


def _check_journal(databases: Databases, findings: Findings) -> None:
    unbalanced = databases.rows(
        "billing",
        "SELECT entry_id, sum(amount_minor) FROM journal_lines GROUP BY entry_id HAVING sum(amount_minor) <> 0",
    )
    findings.none_of(unbalanced, "Journal entries that do not sum to zero")
    empty = databases.rows(
        "billing",
        "SELECT id FROM journal_entries e WHERE NOT EXISTS (SELECT 1 FROM journal_lines l WHERE l.entry_id = e.id)",
    )
    findings.none_of(empty, "Journal entries without lines")
    lines, total = databases.rows(
        "billing", "SELECT count(*), coalesce(sum(amount_minor), 0) FROM journal_lines"
    )[0]
    findings.same("The journal's sum", total, 0)
    findings.figure("journal lines (sum zero per entry and in whole)", lines)


def _check_balances(databases: Databases, findings: Findings) -> None:
    balances = _sums(
        databases,
        "SELECT customer_id, sum(amount_minor) FROM journal_lines WHERE account = 'receivable' GROUP BY 1",
    )
    charged = _sums(databases, "SELECT customer_id, sum(amount_minor) FROM charges GROUP BY 1")
    paid = _sums(
        databases, f"SELECT customer_id, sum(amount_minor) FROM payments p WHERE {_STANDING} GROUP BY 1"
    )
    opening = _sums(
        databases,
        "SELECT l.customer_id, sum(-l.amount_minor) FROM journal_lines l JOIN journal_entries e ON e.id = l.entry_id"
        " WHERE e.kind = 'opening' AND l.account = 'receivable' AND l.amount_minor < 0 GROUP BY 1",
    )
    wrong = [
        (customer, balance, expected)
        for customer in balances.keys() | charged.keys() | paid.keys()
        if (balance := balances[customer])
        != (expected := charged[customer] - paid[customer] - opening[customer])
    ]
    findings.none_of(wrong, "Customers whose balance is not charges minus payments (id, balance, expected)")
    findings.figure("customers whose balance equals charges minus payments", len(balances) - len(wrong))


def _check_settled(databases: Databases, findings: Findings) -> None:
    wrong = databases.rows(
        "billing",
        "SELECT c.id, c.settled_minor FROM charges c LEFT JOIN (SELECT a.charge_id, sum(a.amount_minor) AS paid"
        f" FROM allocations a JOIN payments p ON p.id = a.payment_id WHERE {_STANDING} GROUP BY a.charge_id) s"
        " ON s.charge_id = c.id LEFT JOIN (SELECT l.charge_id, sum(-l.amount_minor) AS taken FROM journal_lines l"
        " JOIN journal_entries e ON e.id = l.entry_id WHERE e.kind = 'opening' AND l.account = 'receivable'"
        " AND l.amount_minor < 0 GROUP BY l.charge_id) o ON o.charge_id = c.id"
        " WHERE c.settled_minor <> coalesce(s.paid, 0) + coalesce(o.taken, 0)",
    )
    findings.none_of(wrong, "Charges whose settled amount is not what payments allocated to them")
    apart = databases.rows(
        "billing",
        "SELECT p.number FROM payments p LEFT JOIN (SELECT payment_id, sum(amount_minor) AS parts FROM allocations"
        " GROUP BY payment_id) a ON a.payment_id = p.id WHERE coalesce(a.parts, 0) <> p.amount_minor",
    )
    findings.none_of(apart, "Payments whose allocations do not sum to their amount")


def _check_invoices(databases: Databases, findings: Findings) -> None:
    rows = databases.rows(
        "billing",
        "SELECT p.number, p.amount_minor, i.number, i.total_minor, i.snapshot"
        " FROM payments p LEFT JOIN invoices i ON i.payment_id = p.id",
    )
    counted = Counter(row[0] for row in rows)
    findings.none_of(
        [number for number, count in counted.items() if count > 1], "Payments with several invoices"
    )
    findings.none_of([row[0] for row in rows if row[2] is None], "Payments without an invoice")
    wrong = []
    for payment, amount, number, total, snapshot in rows:
        if number is None:
            continue
        lines = sum(line["amount"]["minor"] for line in document(snapshot)["lines"])
        if not amount == total == lines:
            wrong.append((payment, number, amount, total, lines))
    findings.none_of(wrong, "Invoices whose lines, total and payment differ (payment, invoice, amounts)")
    findings.figure("invoices (one per payment; lines = total = amount)", len(rows))


def _check_numbers(databases: Databases, findings: Findings) -> None:
    for series, table in (("invoice", "invoices"), ("payment", "payments")):
        counters = databases.rows(
            "billing", f"SELECT branch_id, year, last FROM counters WHERE series = '{series}'"
        )
        numbers = databases.rows("billing", f"SELECT branch_id, number FROM {table}")
        _check_gapless(series, counters, numbers, findings)


def _check_gapless(
    series: str,
    counters: Iterable[tuple[str, int, int]],
    numbers: Iterable[tuple[str, str]],
    findings: Findings,
) -> None:
    used: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for branch, number in numbers:
        found = re.fullmatch(r"[A-Z0-9]{2,8}-(\d{4})-(\d{6,})", number)
        if found is None:
            findings.problems.append(f"The {series} number {number} is not written like MAIN-2026-000001")
            continue
        used[branch, int(found[1])].append(int(found[2]))
    last = {(branch, year): count for branch, year, count in counters}
    gaps = [
        (branch, year, f"{len(counts)} numbers up to {max(counts)}, counter {last.get((branch, year))}")
        for (branch, year), counts in used.items()
        if sorted(counts) != list(range(1, len(counts) + 1)) or last.get((branch, year)) != len(counts)
    ]
    findings.none_of(gaps, f"Branches and years whose {series} numbers have gaps or doubles")
    findings.figure(f"{series} numbers, gapless in {len(used)} branches", sum(map(len, used.values())))


def _sums(databases: Databases, statement: str) -> defaultdict[str, int]:
    return defaultdict(int, {row[0]: row[1] for row in databases.rows("billing", statement)})
