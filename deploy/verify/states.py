"""States: only moves that the rules allow, a history that leads to where each thing stands, nothing removed from it."""

from billing.domain.moves import ALLOWED
from chassis.audit_chain import AUDIT_LOG
from chassis.triggers import trigger_names
from contracts.calls.complaints import ComplaintState
from contracts.calls.online_payments import OnlineState
from contracts.cards import CustomerState, SubscriptionStatus
from contracts.topology import SERVICES
from deploy.house import service_class
from deploy.verify.databases import Databases
from deploy.verify.findings import Findings


def check_states(databases: Databases, findings: Findings) -> None:
    """Subscriptions, online payments, complaints, customers, and the triggers that keep histories."""
    _check_moves(databases, findings)
    _check_histories(databases, findings)
    _check_online_payments(databases, findings)
    _check_complaints(databases, findings)
    _check_known(databases, findings)
    _check_triggers(databases, findings)


def _check_moves(databases: Databases, findings: Findings) -> None:
    legal = {(None, status) for status in SubscriptionStatus} | {
        (before, after) for before, afters in ALLOWED.items() for after in afters
    }
    used = databases.rows("billing", "SELECT DISTINCT from_status, to_status FROM subscription_moves")
    for before, after in set(used) - {(before and before.value, after.value) for before, after in legal}:
        came_from = f"from_status = '{before}'" if before else "from_status IS NULL"
        rows = databases.stream(
            "billing",
            "SELECT subscription_id, from_status, to_status, moved_at FROM subscription_moves"
            f" WHERE to_status = '{after}' AND {came_from} ORDER BY moved_at",
        )
        findings.none_of(
            rows, "Subscriptions that moved as no rule allows", "subscription {}: {} to {} at {}"
        )


def _check_histories(databases: Databases, findings: Findings) -> None:
    """Each status was come to once more than it was left if the subscription has it now, else as often."""
    steps = (
        "SELECT subscription_id, to_status AS status, 1 AS n FROM subscription_moves UNION ALL"
        " SELECT subscription_id, from_status, -1 FROM subscription_moves WHERE from_status IS NOT NULL UNION ALL"
        " SELECT id, status, -1 FROM subscriptions"
    )
    wrong = databases.stream(
        "billing",
        "SELECT s.id, s.status, w.status FROM (SELECT subscription_id, status FROM"
        f" ({steps}) t GROUP BY subscription_id, status HAVING sum(n) <> 0) w"
        " LEFT JOIN subscriptions s ON s.id = w.subscription_id",
    )
    findings.none_of(
        wrong,
        "Subscriptions whose history does not lead to their status",
        "subscription {} is {}; the history does not add up at {}",
    )
    count = databases.one("billing", "SELECT count(*) FROM subscriptions")
    findings.figure("subscriptions (history leads to status)", int(count))


def _check_online_payments(databases: Databases, findings: Findings) -> None:
    known = ", ".join(f"'{one}'" for one in OnlineState)
    wrong = databases.stream(
        "billing",
        "SELECT o.code, o.state, coalesce(p.number, 'no payment') FROM online_payments o"
        f" LEFT JOIN payments p ON p.id = o.payment_id WHERE o.state NOT IN ({known})"
        " OR (o.state = 'settled') <> (p.id IS NOT NULL) OR p.number <> o.payment_number",
    )
    findings.none_of(wrong, "Online payments whose state does not fit their payment", "{}: {} with {}")


def _check_complaints(databases: Databases, findings: Findings) -> None:
    wrong = databases.stream(
        "customers",
        "SELECT c.number, c.state FROM complaints c LEFT JOIN (SELECT complaint_id,"
        " sum(CASE step WHEN 'resolved' THEN 1 WHEN 'reopened' THEN -1 ELSE 0 END) AS ended FROM complaint_moves"
        " GROUP BY complaint_id) m ON m.complaint_id = c.id"
        " WHERE (c.state = 'resolved') <> (c.resolved_at IS NOT NULL)"
        " OR (c.source IS NULL AND coalesce(m.ended, 0) <> CASE c.state WHEN 'resolved' THEN 1 ELSE 0 END)",
    )
    findings.none_of(wrong, "Complaints whose history does not lead to their state", "{}: {}")


def _check_known(databases: Databases, findings: Findings) -> None:
    for service, table, column, states in (
        ("billing", "subscriptions", "status", list(SubscriptionStatus)),
        ("customers", "customers", "state", list(CustomerState)),
        ("customers", "complaints", "state", list(ComplaintState)),
    ):
        known = ", ".join(f"'{one}'" for one in states)
        odd = databases.stream(service, f"SELECT id, {column} FROM {table} WHERE {column} NOT IN ({known})")
        findings.none_of(odd, f"Rows of {table} in a state that there is not", "{}: {}")


def _check_triggers(databases: Databases, findings: Findings) -> None:
    if databases.is_sqlite:
        present = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        present = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    missing = []
    for service in SERVICES:
        needed = trigger_names((*service_class(service).append_only, AUDIT_LOG), sqlite=databases.is_sqlite)
        there = {row[0] for row in databases.rows(service, present)}
        missing += [(name, service) for name in needed if name not in there]
    findings.none_of(
        missing, "Triggers that keep histories and are not there (run `headend migrate`)", "{} of {}"
    )
