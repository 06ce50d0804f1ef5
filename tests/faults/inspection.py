"""After a fault: everybody is back, all comes to rest within a minute, every invariant holds (TRUST 8, I1-I8)."""

import re
import time
from collections import Counter

import httpx

from contracts.topology import SERVICES
from deploy.verify.databases import plain_id
from deploy.verify.findings import Findings
from deploy.verify.installation import verify
from tests.faults.house import READY_SECONDS, House
from tests.faults.trial import Trial
from tests.scenarios.checks.answers import check_answers
from tests.scenarios.checks.letters import Post, check_confirmations, check_repeats, invoices_of
from tests.stack.mail import Mail
from tests.stack.processes import wait_until

QUIET_SECONDS, STILL_SECONDS = 60.0, 20.0
CONSUMERS_SECONDS = 25.0
"""A loop's longest pause before it connects again (15 s), and the 5 s in which a quorum queue counts its consumers."""
_UNDECODABLE = "headend.undecodable"
_INVOICE = re.compile(r"[A-Z0-9]{2,8}-\d{4}-\d{6,}")


class Inspection:
    """Notes what was before the fault; `close` checks what is after it and counts."""

    def __init__(self, trial: Trial, house: House) -> None:
        self._trial, self._house = trial, house
        self._tried, self._repeated = house.load.tried, _absorbed(house)
        self._trouble = len(house.load.trouble)

    def close(self) -> None:
        """Wait for the healing, then check everything."""
        trial, house = self._trial, self._house
        began = time.monotonic()
        trial.within("every process is ready again", house.ready, READY_SECONDS)
        healed = time.monotonic()
        self._wait_for_rest()
        trial.note(f"ready after {healed - began:.1f} s, at rest {time.monotonic() - healed:.1f} s later")
        self._check(trial.findings)
        trial.figures.tried += house.load.tried - self._tried
        trial.figures.lost += lost(house)
        trial.figures.repeated += max(0, _absorbed(house) - self._repeated)

    def _wait_for_rest(self) -> None:
        """A minute, and longer only while what is under way grows less: a slow machine sends some mails a second."""
        deadline, least = time.monotonic() + QUIET_SECONDS, 10**9
        while left := self._house.left_over():
            if sum(left.values()) < 0.9 * least:
                least, deadline = sum(left.values()), max(deadline, time.monotonic() + STILL_SECONDS)
            if time.monotonic() > deadline:
                self._trial.findings.problems.append(f"Not at rest in time after the healing: {left}")
                return
            time.sleep(0.3)

    def _check(self, findings: Findings) -> None:
        trial, house = self._trial, self._house
        findings.none_of(house.load.trouble[self._trouble :], "Operations that came to no end")
        check_answers(house.databases, house.load.history, findings)
        findings.problems += verify(house.databases, settled=True, most=5).problems
        _check_registrations(house, findings)
        _check_reminders(house, findings)
        _check_mails(house, trial, findings)
        _check_queues(house, findings)


def lost(house: House) -> int:
    """What somebody was told is done and is not there, events that a listener never did, mails that never came."""
    stored = {row[0] for row in house.databases.rows("billing", "SELECT idempotency_key FROM payments")}
    payments = house.load.history.keys.keys() - stored
    known = {row[0] for row in house.databases.rows("customers", "SELECT crf FROM customers")}
    registered = {one.crf for one in house.load.registrations if one.customer_id} - known
    waiting = "SELECT count(*) FROM messages WHERE state NOT IN ('sent', 'failed') AND NOT repeated"
    undone = sum(house.left_over().values())
    return len(payments) + len(registered) + undone + int(house.databases.one("notify", waiting))


def _absorbed(house: House) -> int:
    """What came again and changed nothing: answers replayed, events delivered or tried again, mails repeated."""
    replayed = sum(replayed for *_, replayed in list(house.load.history.answers))
    tried = sum(int(house.databases.one(service, _TRIED_AGAIN)) for service in SERVICES)
    mails = sum(count - 1 for count in house.post_office.message_ids().values())
    return replayed + tried + mails + sum(map(_repeats_told_by, _metrics(house)))


_TRIED_AGAIN = (
    "SELECT (SELECT coalesce(sum(attempts - 1), 0) FROM outbox WHERE attempts > 1)"
    " + (SELECT coalesce(sum(attempts - 1), 0) FROM inbox WHERE attempts > 1)"
)


def _metrics(house: House) -> list[str]:
    found = []
    for process in house.real.processes:
        try:
            found.append(
                httpx.get(f"http://127.0.0.1:{house.real.ops_ports[process.name]}/metrics", timeout=5).text
            )
        except httpx.HTTPError:
            continue
    return found


def _repeats_told_by(metrics: str) -> int:
    told = re.findall(r"^headend_events_repeated_total\{.*\} (\S+)$", metrics, flags=re.MULTILINE)
    return int(sum(map(float, told)))


def _check_registrations(house: House, findings: Findings) -> None:
    rows = house.databases.rows("customers", "SELECT crf, id FROM customers")
    stored: dict[str, str] = dict(rows)
    told = [one for one in house.load.registrations if one.customer_id]
    wrong = [one.crf for one in told if stored.get(one.crf) != plain_id(one.customer_id)]
    findings.none_of(wrong, "Registrations that were answered and are not stored so")
    fees = Counter(
        row[0]
        for row in house.databases.rows("billing", "SELECT customer_id FROM charges WHERE kind = 'fee'")
    )
    charged = [one.crf for one in told if one.fee_charged and fees[plain_id(one.customer_id)] != 1]
    findings.none_of(charged, "Customers whose one fee was not charged once")


def _check_reminders(house: House, findings: Findings) -> None:
    """A customer and business date is a key of the table of reminders; each has told of itself once."""
    told = house.databases.one("billing", "SELECT count(*) FROM outbox WHERE type = 'DuesOutstanding'")
    noted = house.databases.one("billing", "SELECT count(*) FROM reminders")
    findings.same("Events about dues, one for each customer reminded on a date", told, noted)


def _check_mails(house: House, trial: Trial, findings: Findings) -> None:
    """I4: each Message-ID once, or twice and logged; each new invoice confirmed once, with its PDF."""
    mails, issued = house.post_office.mails(), invoices_of(house.databases)
    check_repeats(house.databases, Post(mails), findings, house.given_up)
    fresh = [invoice for invoice in issued if invoice.number not in house.checked_invoices]
    arrived = [mail for mail in mails[house.checked_mails :] if not _is_about(mail, house.checked_invoices)]
    check_confirmations(fresh, Post(arrived), trial.grounds.seed, findings)
    house.checked_invoices |= {invoice.number for invoice in fresh}
    house.checked_mails = len(mails)


def _is_about(mail: Mail, numbers: set[str]) -> bool:
    named = _INVOICE.findall(mail.subject)
    return bool(named) and set(named) <= numbers


def _check_queues(house: House, findings: Findings) -> None:
    """I7: queues empty, each with as many consumers as its service has processes; only what is no event is kept."""
    waiting = house.waiting_in_queues()
    findings.same("Deliveries that are no events", waiting.pop(_UNDECODABLE, 0), house.set_aside)
    if waiting:  # a repair pass asks now and then
        wait_until("queues are empty", lambda: not (house.waiting_in_queues().keys() - {_UNDECODABLE}), 15)
    try:
        wait_until("every process consumes", lambda: not _odd_consumers(house), CONSUMERS_SECONDS, 1)
    except AssertionError:
        findings.problems += _odd_consumers(house)


def _odd_consumers(house: House) -> list[str]:
    consumers = house.consumers()
    expected = {
        queue: len(house.real.named(service))
        for service in SERVICES
        for queue in (f"rpc-{service}", f"inbox-{service}")
        if queue in consumers
    }
    return [
        f"Consumers of {queue}: {consumers[queue]}, expected {count}"
        for queue, count in expected.items()
        if consumers[queue] != count
    ]
