"""Payments and their invoices: one each, with the same sums; their numbers without gaps; their keys used once."""

from deploy.verify.databases import Databases
from deploy.verify.findings import Findings

SERIES = (("invoice", "invoices"), ("payment", "payments"))


def check_documents(databases: Databases, findings: Findings) -> None:
    """Invoices, numbers and keys."""
    _check_invoices(databases, findings)
    for series, table in SERIES:
        _check_form(databases, series, table, findings)
        _check_gaps(databases, series, table, findings)
        _check_counters(databases, series, table, findings)
    _check_keys(databases, findings)
    _check_told(databases, findings)


def _check_invoices(databases: Databases, findings: Findings) -> None:
    counted = (
        "SELECT p.number, count(i.id) FROM payments p LEFT JOIN invoices i ON i.payment_id = p.id"
        " GROUP BY p.number HAVING count(i.id) "
    )
    findings.none_of(
        databases.stream("billing", counted + "> 1"), "Payments with several invoices", "{}: {} invoices"
    )
    findings.none_of(databases.stream("billing", counted + "= 0"), "Payments without an invoice", "{0}")
    lines = databases.json_sum("i.snapshot", "lines", "amount", "minor")
    wrong = databases.stream(
        "billing",
        "SELECT number, payment, amount, total, lines FROM (SELECT i.number AS number, p.number AS payment,"
        f" p.amount_minor AS amount, i.total_minor AS total, {lines} AS lines"
        " FROM invoices i JOIN payments p ON p.id = i.payment_id) s WHERE amount <> total OR total <> lines",
    )
    findings.none_of(
        wrong,
        "Invoices whose lines, total and payment differ",
        "{}: payment {} is {}, the total {}, the lines {}",
    )
    number = databases.json_text("i.snapshot", "number")
    others = databases.stream(
        "billing",
        f"SELECT i.number, {number} FROM invoices i WHERE {number} <> i.number",
    )
    findings.none_of(others, "Invoices whose snapshot has another number", "{}: {}")
    findings.figure(
        "invoices (one per payment; lines = total = amount)",
        databases.one("billing", "SELECT count(*) FROM invoices"),
    )


def _check_form(databases: Databases, series: str, table: str, findings: Findings) -> None:
    odd = databases.stream("billing", f"SELECT number FROM {table} WHERE number NOT LIKE '%_-____-______%'")
    findings.none_of(odd, f"The {series} numbers that are not written like MAIN-2026-000001")


def _check_gaps(databases: Databases, series: str, table: str, findings: Findings) -> None:
    """Counted from 1, each number is one more than the one before it, or than a gap that a restore has left."""
    holes = databases.stream(
        "billing",
        "SELECT number, first, before FROM (SELECT number, first,"
        " coalesce(lag(last) OVER (PARTITION BY branch_id, year ORDER BY first), 0) AS before"
        f" FROM ({_counted(databases, series, table)}) n) g WHERE first <> before + 1",
    )
    found = (
        (number, "is there twice" if first == before else f"comes after {before}")
        for number, first, before in holes
    )
    findings.none_of(found, f"The {series} numbers with gaps or doubles before them", "{} {}")


def _check_counters(databases: Databases, series: str, table: str, findings: Findings) -> None:
    used = databases.rows(
        "billing",
        "SELECT branch_id, year, max(last), max(used), max(most), max(given) FROM ("
        f"SELECT branch_id, year, last, 0 AS used, 0 AS most, 0 AS given FROM counters WHERE series = '{series}'"
        " UNION ALL SELECT branch_id, year, 0, sum(last - first + 1), max(last), sum(given)"
        f" FROM ({_counted(databases, series, table)}) n GROUP BY branch_id, year) c GROUP BY branch_id, year",
    )
    wrong = [row[:5] for row in used if len({row[2], row[3], row[4]}) > 1]
    findings.none_of(
        wrong,
        f"Branches and years whose {series} numbers have gaps or doubles",
        "branch {}, {}: the counter is at {}, there are {} numbers up to {}",
    )
    findings.figure(
        f"{series} numbers, gapless in {len({row[0] for row in used})} branches", sum(row[5] for row in used)
    )
    skipped = databases.one(
        "billing", f"SELECT coalesce(sum(last - first + 1), 0) FROM number_gaps WHERE series = '{series}'"
    )
    if skipped:
        findings.figure(f"{series} numbers skipped by restores", int(skipped))


def _counted(databases: Databases, series: str, table: str) -> str:
    """Each number of a table with its year and its count, which stand behind the branch's code, and each known gap."""
    after = f"{databases.place_of('-', 'number')} + "
    count = f"CAST(substr(number, {after}6) AS INTEGER)"
    return (
        f"SELECT branch_id, number, CAST(substr(number, {after}1, 4) AS INTEGER) AS year, {count} AS first,"
        f" {count} AS last, 1 AS given FROM {table} WHERE number LIKE '%_-____-______%' UNION ALL"
        f" SELECT branch_id, 'a gap', year, first, last, 0 FROM number_gaps WHERE series = '{series}'"
    )


def _check_keys(databases: Databases, findings: Findings) -> None:
    several = databases.stream(
        "billing",
        "SELECT idempotency_key, caller, count(*) FROM payments GROUP BY caller, idempotency_key HAVING count(*) > 1",
    )
    findings.none_of(several, "Keys that made several payments", "key {} of {}: {} payments")
    findings.figure(
        "keys, one payment each",
        databases.one("billing", "SELECT count(DISTINCT caller || ' ' || idempotency_key) FROM payments"),
    )


def _check_told(databases: Databases, findings: Findings) -> None:
    """What the taker of a payment was told, and is told again, is what is stored."""
    payment, invoice = (databases.json_text("p.answer", f"{one}_number") for one in ("payment", "invoice"))
    wrong = databases.stream(
        "billing",
        f"SELECT p.number, {payment}, {invoice} FROM payments p JOIN invoices i ON i.payment_id = p.id"
        f" WHERE {payment} <> p.number OR {invoice} <> i.number",
    )
    findings.none_of(wrong, "Payments whose answer names another number", "{}: answered {} with invoice {}")
