"""E-mails: each event that asks for one has it, and each came to an end or visibly has not."""

from deploy.verify.databases import Databases
from deploy.verify.events import Patience
from deploy.verify.findings import Findings
from notify.domain.states import WAITING, State
from notify.letters import (
    COMPLAINT_RECEIVED,
    COMPLAINT_RESOLVED,
    CONFIRMATION,
    EMAIL_TO_CONFIRM,
    INVITATION,
    PASSWORD_CODE,
    REMINDER,
    REPORT,
    Letter,
)

ALWAYS_TOLD: tuple[Letter, ...] = (
    CONFIRMATION, REMINDER, INVITATION, PASSWORD_CODE, EMAIL_TO_CONFIRM, COMPLAINT_RECEIVED, COMPLAINT_RESOLVED,
    REPORT,
)  # fmt: skip
"""Letters that their event asks for whatever it says; a welcome or a reversal may be left out."""


def check_messages(databases: Databases, patience: Patience, findings: Findings) -> None:
    """Every payment has its event, every such event its message, every message a state that it may be in."""
    _check_payments_told(databases, findings)
    for letter in ALWAYS_TOLD:
        _check_written(databases, letter, findings)
    _check_states(databases, findings)
    _check_stuck(databases, patience, findings)
    for state in (State.SENT, State.FAILED, State.UNKNOWN):
        count = databases.one("notify", f"SELECT count(*) FROM messages WHERE state = '{state}'")
        findings.figure(f"messages {state}", int(count))


def _check_payments_told(databases: Databases, findings: Findings) -> None:
    """Each payment was published once, and each void."""
    for kind, table, key in (
        ("PaymentMade", "payments", "id"),
        ("PaymentVoided", "payment_voids", "payment_id"),
    ):
        told = (
            f"SELECT {key} AS id, 1 AS stored, 0 AS told FROM {table} UNION ALL"
            f" SELECT {databases.json_id('body', 'payment_id')}, 0, 1 FROM outbox WHERE type = '{kind}'"
        )
        wrong = databases.stream(
            "billing",
            "SELECT w.id, p.number, told FROM (SELECT id, sum(stored) AS stored, sum(told) AS told"
            f" FROM ({told}) t GROUP BY id HAVING sum(stored) <> sum(told)) w LEFT JOIN payments p ON p.id = w.id",
        )
        findings.none_of(
            wrong, f"Payments without just one event {kind}", "payment {} with number {}: {} events"
        )


def _check_written(databases: Databases, letter: Letter, findings: Findings) -> None:
    """An event that notify has done has its message; an erased customer is not written to."""
    kind = letter.event.type_name()
    about = databases.json_text("i.body", "invoice", "number") if letter is CONFIRMATION else "i.subject_id"
    erased = databases.json_text("c.card", "erased")
    missing = databases.stream(
        "notify",
        f"SELECT i.event_id, {about} FROM inbox i"
        f" LEFT JOIN messages m ON m.event_id = i.event_id AND m.template = '{letter.template}'"
        " LEFT JOIN customers_copy c ON c.id = i.subject_id"
        f" WHERE i.type = '{kind}' AND i.state = 'done' AND m.id IS NULL"
        f" AND coalesce(CAST({erased} AS VARCHAR(5)), 'false') IN ('false', '0')",
    )
    what = "Invoices without a message" if letter is CONFIRMATION else f"Events {kind} without a message"
    findings.none_of(missing, what, "event {} about {}")


_WRONG = {
    "in a state that there is not": "state NOT IN ({})".format(", ".join(f"'{one}'" for one in State)),
    "sent without a moment": "state = 'sent' AND sent_at IS NULL",
    "sent or given up, and yet to be tried again": "state IN ('sent', 'failed') AND next_attempt_at IS NOT NULL",
    "given up without a reason": "state = 'failed' AND coalesce(problem, '') = ''",
    "waiting, and never tried again": "state IN ('queued', 'retry', 'sending') AND next_attempt_at IS NULL",
    "of unknown outcome without a reason": "state = 'unknown' AND coalesce(problem, '') = ''",
}


def _check_states(databases: Databases, findings: Findings) -> None:
    for what, condition in _WRONG.items():
        rows = databases.stream("notify", f"SELECT id, template, state FROM messages WHERE {condition}")
        findings.none_of(rows, f"Messages {what}", "message {} ({}): {}")


def _check_stuck(databases: Databases, patience: Patience, findings: Findings) -> None:
    """What is being sent ends soon; what waits for its turn or its next try may do so for days."""
    sending = databases.rows(
        "notify", "SELECT id, template, next_attempt_at FROM messages WHERE state = 'sending'"
    )
    stuck = [row for row in sending if row[2] is not None and patience.over(row[2])]
    findings.none_of(
        stuck, "Messages whose sending came to no end", "message {} ({}), to be taken over since {}"
    )
    waiting = ", ".join(f"'{one}'" for one in WAITING)
    rows = databases.rows(
        "notify",
        f"SELECT state, count(*) FROM messages WHERE state IN ({waiting})"
        " AND next_attempt_at IS NOT NULL GROUP BY state",
    )
    if patience.settled:
        findings.none_of(rows, "Messages that are still to be sent", "{}: {}")
    else:
        findings.waiting(rows, "Messages that are still to be sent", "{}: {}")
