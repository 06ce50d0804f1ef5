"""All checks of a month, and its table of figures."""

import random
from collections import Counter

from deploy.verify.databases import Databases, moment
from deploy.verify.findings import Findings
from deploy.verify.installation import verify
from tests.scenarios.checks.answers import check_answers, check_through_api
from tests.scenarios.checks.letters import (
    Post,
    check_confirmations,
    check_reminders,
    check_repeats,
    invoices_of,
    owing_customers,
)
from tests.scenarios.checks.papers import check_reports
from tests.scenarios.stages import Stage
from tests.scenarios.story import PERIOD, Month

API_SAMPLE = 50


def check_month(stage: Stage, month: Month, seed: int) -> Findings:
    """Everything that must hold now; the findings say what does not."""
    databases = stage.databases
    findings = verify(databases, settled=True)
    findings.demand(not month.left_over, f"Not all had arrived after the quiet: {month.left_over}")
    _check_runs(databases, month, findings)
    check_answers(databases, month.history, findings)
    numbers = [(payer, number) for payer, number, _ in month.history.answers]
    check_through_api(stage.api, random.Random(seed).sample(numbers, min(API_SAMPLE, len(numbers))), findings)
    post, invoices, owing = Post(stage.mails()), invoices_of(databases), owing_customers(databases)
    check_confirmations(invoices, post, seed, findings)
    check_reminders(owing, post, findings)
    findings.same("All mails, each Message-ID once", len(post.by_id), len(invoices) + len(owing))
    check_repeats(databases, post, findings)
    check_reports(databases, month.crf_of, PERIOD, month.reports, findings)
    waiting = {queue: count for queue, count in stage.queue_lengths().items() if count}
    findings.demand(not waiting, f"Messages wait in queues of the broker: {waiting}")
    _add_speed(stage, month, findings)
    return findings


def _check_runs(databases: Databases, month: Month, findings: Findings) -> None:
    """Each customer is charged what the source file says, and the second run found nothing more to charge."""
    expected = {(c.crf, c.service, c.price_minor) for c in month.customers if not c.churned}
    rows = databases.rows(
        "billing", f"SELECT customer_id, service, amount_minor FROM charges WHERE period = '{PERIOD}'"
    )
    charged = [(month.crf_of.get(customer, customer), service, amount) for customer, service, amount in rows]
    findings.same("Charges of the month", len(charged), len(expected))
    findings.none_of(expected - set(charged), "Customers not charged what the file says")
    findings.none_of(set(charged) - expected, "Charges that the file does not explain")
    findings.same(
        "Charges that the billing run says it raised", month.billing_run["raised_count"], len(expected)
    )
    findings.same("Charges that the same run raised again", month.second_run["raised_count"], 0)
    owed = {crf: price for crf, _, price in expected}
    for payer in month.payers:
        owed[payer.crf] -= payer.amount_minor
    owing = sum(rest > 0 for rest in owed.values())
    findings.same("Customers with dues", len(owing_customers(databases)), owing)
    findings.same("Reminders that the dunning run says it emitted", month.dunning_run["raised_count"], owing)
    findings.same("Payments", len({number for _, number, _ in month.history.answers}), len(month.payers))
    findings.figure("customers imported", len(month.customers))
    findings.figure("charges, one per subscription and period", len(charged))
    findings.figure("part payments", sum(payer.amount_minor < payer.due_minor for payer in month.payers))
    findings.figure("payers who clicked twice with one key", sum(payer.clicks > 1 for payer in month.payers))


def _add_speed(stage: Stage, month: Month, findings: Findings) -> None:
    for step, seconds in month.seconds.items():
        findings.figure(f"seconds: {step}", f"{seconds:.1f}")
    answered = sorted(month.history.seconds)
    if answered:
        findings.figure("payments a second, 8 clients", f"{len(answered) / month.seconds['payments']:.1f}")
        findings.figure("payment answered, p50 / p99", _times(answered))
    sent = "SELECT occurred_at, sent_at FROM messages WHERE template = 'payment_made' AND sent_at IS NOT NULL"
    delays = sorted((moment(b) - moment(a)).total_seconds() for a, b in stage.databases.rows("notify", sent))
    if delays:
        findings.figure("payment committed to mail sent, p50 / p99", _times(delays))
    memory, name = stage.peak_memory()
    findings.figure("peak memory of the largest process", f"{memory / 2**20:.0f} MB ({name})")
    if stage.nemesis:
        findings.figure("processes killed", _counted(stage.nemesis.kills))
        findings.figure(
            "broker restarts (s)", " ".join(f"{seconds:.1f}" for seconds in stage.nemesis.restarts)
        )
        findings.same("Broker restarts", len(stage.nemesis.restarts), 2)


def _counted(names: list[str]) -> str:
    """ "32: 4 billing-0, 3 gateway, ..."."""
    return f"{len(names)}: " + ", ".join(f"{count} {name}" for name, count in sorted(Counter(names).items()))


def _times(values: list[float]) -> str:
    return " / ".join(
        f"{values[min(len(values) - 1, int(len(values) * share))] * 1000:,.0f} ms" for share in (0.5, 0.99)
    )
