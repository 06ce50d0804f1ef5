"""No page waits for the services more than four times, its session's check included."""

from collections.abc import Callable

import pytest
from flask import Flask

from contracts.actor import Role
from contracts.calls import Call
from contracts.calls.customers import CheckSession, CustomerList, ListCustomers, SignIn
from contracts.calls.online_payments import GetOnlinePayment, OnlinePaymentView, OnlineState
from tests.browser.pages import PAGES, Page
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import ScriptedClient
from tests.unit.gateway.made_up import made_up
from tests.unit.gateway.test_pages import GOOD, submit

MOST = 4
NAMES = {
    **dict.fromkeys(
        ("customer", "subscription", "branch", "plan", "online", "report", "run", "session", "staff"),
        str(answers.CUSTOMER),
    ),
    "payment": "MAIN-P2026-000001", "invoice": "MAIN-2026-000001", "complaint": "MAIN-C2026-000001",
}  # fmt: skip


class AnsweringClient(ScriptedClient):
    """Answers every call: as told, or with something made up of the answer's type."""

    def tell_all(self) -> None:
        """Make up what was not told."""
        kinds = list(Call.__subclasses__())
        for kind in kinds:
            kinds += kind.__subclasses__()
            if hasattr(kind, "answer") and kind not in self._script:
                self.tell(kind, made_up(kind.answer))


@pytest.fixture
def bus() -> ScriptedClient:
    return AnsweringClient()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.path} {page.role}")
def test_no_page_asks_more_than_four_times_in_sequence(
    make_app: Callable[..., Flask], bus: AnsweringClient, page: Page
) -> None:
    who = answers.me(Role(page.role), None if page.role == "admin" else (answers.BRANCH,))
    if page.role == "customer":
        who = who.model_copy(update={"customer_id": answers.CUSTOMER})
    bus.tell(CheckSession, answers.issued(who))
    bus.tell(SignIn, answers.opened())
    bus.tell(
        ListCustomers, CustomerList(items=(answers.customer(),) * 2, next="more")
    )  # one is gone to at once
    waiting: OnlinePaymentView = made_up(OnlinePaymentView)
    bus.tell(
        GetOnlinePayment, waiting.model_copy(update={"state": OnlineState.AWAITING, "payment_number": None})
    )
    bus.tell_all()
    app = make_app()
    web = app.test_client()
    assert submit(web, "/sign-in", GOOD).status_code == 303
    before = bus.rounds
    app.extensions["headend.sessions"].forget_all()
    answer = web.get(page.path.format(**NAMES))
    assert answer.status_code == 200, answer.text[:2000]
    assert 1 <= bus.rounds - before <= MOST
