"""The checker of the scenario sees what it is there to see: each kind of damage to a good month is named."""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.verify.databases import Databases
from deploy.verify.installation import verify
from deploy.verify.waiting import left_over
from tests.scenarios.checks.letters import (
    Post,
    check_confirmations,
    check_reminders,
    check_repeats,
    invoices_of,
    owing_customers,
)
from tests.stack.builders import TODAY, add_plan, add_subscriber, bill, pay_all
from tests.stack.embedded import Embedded
from tests.stack.mail import Mail, mails_in
from tests.stack.processes import wait_until

pytestmark = pytest.mark.slow


@dataclass
class Month:
    """A month that is over: databases and mails."""

    home: Path
    mails: list[Mail]

    def damaged(self, service: str, *statements: str) -> None:
        """Change a database behind everybody's back, and behind its triggers'."""
        with sqlite3.connect(self.home / f"{service}.db") as connection:
            triggers = connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall()
            for name, _ in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                assert connection.execute(statement).rowcount > 0, statement
            for _, made in triggers:
                connection.execute(made)

    def problems(self) -> str:
        databases, post = Databases.of_home(self.home), Post(self.mails)
        findings = verify(databases, settled=True)
        check_confirmations(invoices_of(databases), post, 1, findings)
        check_reminders(owing_customers(databases), post, findings)
        check_repeats(databases, post, findings)
        return "\n".join(findings.problems)


@pytest.fixture(scope="module")
def good_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("month") / "home"
    with Embedded(home, today=TODAY) as headend:
        api = headend.admin()
        plan = add_plan(api)
        customers = [add_subscriber(api, plan, f"Customer {number}") for number in range(3)]
        bill(api)
        for customer in customers[:2]:
            pay_all(api, customer)
        run = api.ok("POST", "/dunning-runs", json={})
        api.finished(f"/dunning-runs/{run['id']}")
        wait_until("everything has arrived", lambda: not left_over(Databases.of_home(home)), 60)
    yield home


@pytest.fixture
def month(good_home: Path, tmp_path: Path) -> Month:
    home = tmp_path / "home"
    shutil.copytree(good_home, home)
    return Month(home, mails_in(home / "mail"))


def test_a_good_month_has_no_problems(month: Month) -> None:
    assert month.problems() == ""


@pytest.mark.parametrize(
    ("service", "statement", "sentence"),
    [
        ("billing", "UPDATE journal_lines SET amount_minor = amount_minor + 1 WHERE account = 'cash'", "sum to zero"),
        ("billing", "DELETE FROM journal_lines WHERE account <> 'x'", "entries without lines"),
        ("billing", "UPDATE charges SET amount_minor = amount_minor + 1", "balance is not charges minus payments"),
        ("billing", "UPDATE charges SET settled_minor = 1", "settled amount is not what payments allocated"),
        ("billing", "DELETE FROM invoices WHERE number LIKE '%1'", "Payments without an invoice"),
        ("billing", "DELETE FROM allocations", "allocations do not sum"),
        ("billing", "UPDATE invoices SET total_minor = total_minor - 1", "lines, total and payment differ"),
        ("billing", "UPDATE counters SET last = last + 1 WHERE series = 'invoice'", "invoice numbers have gaps"),
        ("billing", "UPDATE outbox SET sent_at = NULL", "outbox unsent"),
        ("notify", "UPDATE inbox SET state = 'parked'", "inbox parked"),
        ("notify", "DELETE FROM inbox WHERE type = 'PaymentMade'", "Events PaymentMade that notify has not done"),
        ("reports", "UPDATE inbox SET state = 'pending'", "inbox pending"),
        ("notify", "UPDATE messages SET state = 'failed'", "Messages that were given up"),
    ],
)  # fmt: skip
def test_damage_is_named(month: Month, service: str, statement: str, sentence: str) -> None:
    month.damaged(service, statement)
    assert sentence in month.problems()


def test_a_lost_mail_is_named(month: Month) -> None:
    month.mails = [mail for mail in month.mails if "invoice" not in mail.subject]
    assert "Invoices without a confirmation mail: 2" in month.problems()


def test_a_mail_that_came_twice_unlogged_is_named(month: Month) -> None:
    month.mails += month.mails[:1]
    assert "without being logged as repeated: 1" in month.problems()


def test_a_mail_that_came_twice_and_is_logged_is_no_problem(month: Month) -> None:
    month.mails += month.mails
    month.damaged("notify", "UPDATE messages SET repeated = 1")
    assert month.problems() == ""


def test_a_reminder_to_who_owes_nothing_is_named(month: Month) -> None:
    month.damaged("billing", "UPDATE charges SET settled_minor = amount_minor")
    assert "Reminders to customers who owe nothing: 1" in month.problems()
