"""A few subscribers who pay from outside, and what must hold of them whatever happened meanwhile."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from contracts.money import Money
from deploy.verify.findings import Findings
from deploy.verify.installation import verify
from deploy.verify.waiting import left_over
from tests.compose.stack import Stack
from tests.scenarios.checks.answers import check_answers
from tests.scenarios.checks.letters import Post, check_confirmations, check_repeats, invoices_of
from tests.scenarios.payers import History, Payer, pay
from tests.stack.api import Api
from tests.stack.builders import PRICE, Subscriber, add_subscriber, bill
from tests.stack.processes import wait_until

PATIENCE = 120.0
"""Seconds for which a payer tries again: a restart of everything below it may take half of that."""


def owing(api: Api, plan_id: str, count: int) -> list[Subscriber]:
    """So many new subscribers who owe the month."""
    made = [add_subscriber(api, plan_id, f"Payer {number}") for number in range(count)]
    bill(api)
    return made


def payer_of(subscriber: Subscriber) -> Payer:
    """The subscriber about to pay the month in cash."""
    minor = Money.parse(PRICE, "INR").minor
    return Payer(
        customer_id=subscriber.id, crf=subscriber.name, due_minor=minor, amount_minor=minor, mode="cash",
        reference=None, key=f"key-{subscriber.id}", clicks=1,
    )  # fmt: skip


@contextmanager
def paying(api: Api, subscribers: Sequence[Subscriber], history: History, clients: int = 3) -> Iterator[None]:
    """They pay while the body runs, one after the other; whoever is left pays at its end."""
    hurry = threading.Event()

    def one(subscriber: Subscriber) -> None:
        pay(api, payer_of(subscriber), history, PATIENCE)
        hurry.wait(1.0)

    with ThreadPoolExecutor(clients) as desks:
        asked = [desks.submit(one, subscriber) for subscriber in subscribers]
        try:
            yield
        finally:
            hurry.set()
        for done in asked:
            done.result()


def settle(stack: Stack, history: History) -> Findings:
    """Wait until all has arrived; what `headend verify` and the checks of answers and mails then found."""
    databases = stack.databases()
    wait_until("all has arrived", lambda: not left_over(databases), 120, pause=0.5)
    findings = verify(databases, settled=True)
    check_answers(databases, history, findings)
    post = Post(stack.mailpit.mails())
    check_confirmations(invoices_of(databases), post, 1, findings)
    check_repeats(databases, post, findings)
    return findings
