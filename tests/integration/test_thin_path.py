"""The main job, as thin as it gets: one customer, one charge, one payment, one mail; on both buses and databases."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.stack.api import Api
from tests.stack.builders import PRICE, TODAY, Subscriber, add_plan, add_subscriber, bill, pay_all
from tests.stack.embedded import Embedded
from tests.stack.mail import Mail, Sink
from tests.stack.processes import wait_until
from tests.stack.real import Real

NAME = "Żaneta Wójcik & Sons <Ltd>"


def live_through_it(api: Api) -> tuple[Subscriber, Any]:
    customer = add_subscriber(api, add_plan(api), NAME)
    run = bill(api)
    assert (run["raised_count"], run["raised"]) == (1, [{"amount": PRICE, "currency": "INR"}])
    payment = pay_all(api, customer)
    assert (payment["amount"], payment["invoice_number"]) == (PRICE, "MAIN-2026-000001")
    assert [(part["period"], part["open_after"]) for part in payment["allocations"]] == [("2026-11", "0.00")]
    assert [(s["status"], s["expires_on"]) for s in payment["subscriptions"]] == [("active", "2026-11-30")]
    assert api.ok("GET", f"/customers/{customer.id}/dues")["has_dues"] is False
    return customer, payment


def confirmations(mails: list[Mail], customer: Subscriber) -> list[Mail]:
    return [mail for mail in mails if mail.to == customer.email and "invoice" in mail.subject]


def check_the_mail(read: Callable[[], list[Mail]], customer: Subscriber, payment: Any) -> None:
    wait_until("the confirmation mail", lambda: bool(confirmations(read(), customer)), 30)
    (mail,) = confirmations(read(), customer)
    for wanted in (NAME, payment["invoice_number"], payment["payment_number"], PRICE, "November 2026"):
        assert wanted in mail.text
    paper = " ".join((mail.pdf_text() or "").split())
    for wanted in (NAME, payment["invoice_number"], PRICE, "November 2026"):
        assert wanted in paper


@pytest.mark.slow
def test_a_payment_in_embedded_mode_brings_its_invoice_by_mail(tmp_path: Path) -> None:
    with Embedded(tmp_path / "home", today=TODAY) as headend:
        customer, payment = live_through_it(headend.admin())
        check_the_mail(headend.mails, customer, payment)


@pytest.mark.slow
def test_a_payment_in_real_mode_brings_its_invoice_by_mail(
    tmp_path: Path, service_databases: dict[str, str], amqp_uri: str
) -> None:
    home = tmp_path / "home"
    with (
        Sink() as sink,
        Real(home, service_databases, amqp_uri, smtp_port=sink.port, today=TODAY) as headend,
    ):
        customer, payment = live_through_it(headend.admin())
        check_the_mail(sink.mails, customer, payment)
