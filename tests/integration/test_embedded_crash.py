"""Embedded mode keeps its word through a crash: what was answered with 201 is mailed after the next start."""

import time
from functools import partial
from pathlib import Path

import pytest

from deploy.verify.databases import Databases
from deploy.verify.waiting import left_over
from tests.stack.builders import TODAY, add_plan, add_subscriber, bill, pay_all
from tests.stack.embedded import Embedded
from tests.stack.processes import wait_until

SECONDS_AFTER_THE_ANSWER = (0.0, 0.03, 0.1)
"""Kills between the commit and the mail: before the relay, the inbox, the sender."""


def is_mailed(headend: Embedded, number: str) -> bool:
    return any(number in mail.subject for mail in headend.mails())


@pytest.mark.slow
def test_a_payment_answered_before_a_crash_is_mailed_once_within_a_minute_of_the_next_start(
    tmp_path: Path,
) -> None:
    with Embedded(tmp_path / "home", today=TODAY) as headend:
        api = headend.admin()
        plan = add_plan(api)
        customers = [add_subscriber(api, plan, f"Customer {n}") for n in range(len(SECONDS_AFTER_THE_ANSWER))]
        bill(api)
        for customer, seconds in zip(customers, SECONDS_AFTER_THE_ANSWER, strict=True):
            number = pay_all(api, customer)["invoice_number"]
            time.sleep(seconds)
            headend.process.kill()
            headend.start()
            started = time.monotonic()
            wait_until(f"the mail of {number}", partial(is_mailed, headend, number), 60)
            waited = time.monotonic() - started
            print(f"killed {seconds} s after the answer: mailed {waited:.1f} s after the next start")
        wait_until("everything has arrived", lambda: not left_over(Databases.of_home(headend.home)), 60)
        confirmations = [mail for mail in headend.mails() if "invoice" in mail.subject]
        assert len({mail.subject for mail in confirmations}) == len(customers)
        assert len({mail.message_id for mail in confirmations}) == len(customers)
