"""The staff's first page and the operations: what each role sees, and what is said when a service is away."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contracts.actor import Role
from contracts.calls.customers import BranchList, CheckSession, ListBranches
from contracts.calls.dashboard import (
    DashboardView,
    DayTakings,
    GetDashboard,
    MoneyFigures,
    PendingAmount,
    ReceivedAmount,
    RenewalCount,
    StatusCount,
)
from contracts.calls.notify import FailedMessages, GetFailedMessages, MessageView
from contracts.calls.operations import GetOperations, OperationsView, ParkedEvent, TroubledJob
from contracts.cards import PaymentMode, Service, SubscriptionStatus
from contracts.errors import NotFound, Unavailable
from contracts.money import Money
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import ScriptedClient
from tests.unit.gateway.test_pages import GOOD, submit

QUIET = OperationsView(parked=0, parked_events=(), unsent=0, pending=0, jobs=())


def figures(*, money: bool = True, counted: bool = True, currency: str = "INR") -> DashboardView:
    amount = Money.parse("250.00", currency)
    in_all = MoneyFigures(
        received=(ReceivedAmount(service=Service.CABLE_TV, mode=PaymentMode.CASH, amount=amount),),
        pending=(PendingAmount(service=None, this_month=amount + amount, before=amount),),
        days=tuple(
            DayTakings(day=date(2026, 11, day), amount=amount if day == 3 else Money.zero(currency))
            for day in (1, 2, 3)
        ),
    )  # fmt: skip
    return DashboardView(
        branch_id=None, today=date(2026, 11, 3), month="2026-11", days_ahead=7, as_of=answers.AT, counted=counted,
        statuses=tuple(
            StatusCount(service=service, status=status, count=1234 if status is SubscriptionStatus.ACTIVE else 0)
            for service in Service for status in SubscriptionStatus
        ),
        renewals=tuple(RenewalCount(service=service, today=17, ahead=1717) for service in Service),
        money=in_all if money else None,
    )  # fmt: skip


def failed() -> FailedMessages:
    message = MessageView(
        id=UUID(int=11), customer_id=answers.CUSTOMER, branch_id=answers.BRANCH, channel="email",
        template="payment_made", recipient="gone@example.com", subject="Payment", state="failed", attempts=3,
        problem="550 No <such> mailbox", message_id="<1@x>", created_at=answers.AT, next_attempt_at=None, sent_at=None,
        repeated=False,
    )  # fmt: skip
    return FailedMessages(count=1, newest=(message,))


@pytest.fixture
def sign_in(make_app: Callable[..., Flask], bus: ScriptedClient) -> Callable[[Role], FlaskClient]:
    """A browser of that role, before services that answer."""
    bus.tell(GetDashboard, figures())
    bus.tell(ListBranches, BranchList(items=(answers.branch(), answers.branch("EAST", answers.OTHER_BRANCH))))
    bus.tell(GetFailedMessages, failed())
    bus.tell(GetOperations, QUIET)

    def made(role: Role) -> FlaskClient:
        bus.tell(CheckSession, answers.issued(answers.me(role)))
        if role in (Role.CASHIER, Role.SUPPORT):
            bus.tell(GetDashboard, figures(money=False))
        web = make_app().test_client()
        submit(web, "/sign-in", GOOD)
        return web

    return made


def test_a_manager_sees_counts_renewals_and_money(sign_in: Callable[[Role], FlaskClient]) -> None:
    page = sign_in(Role.MANAGER).get("/").text
    for words in (
        "1,234",
        "1,717",
        "₹250.00",
        "₹500.00",
        "Money in November 2026",
        "Takings by day",
        "As of 21 Nov",
    ):
        assert words in page, words
    assert 'height="100"' in page and "style=" not in page
    assert "Parked events" not in page and "550 No &lt;such&gt; mailbox" in page


def test_all_is_asked_for_at_once(sign_in: Callable[[Role], FlaskClient], bus: ScriptedClient) -> None:
    web = sign_in(Role.ADMIN)
    assert web.get(f"/?branch={answers.BRANCH}&days=30").status_code == 200
    asked = bus.last(GetDashboard)
    assert (asked.branch_id, asked.days_ahead) == (answers.BRANCH, 30)
    assert bus.last(GetFailedMessages).branch_id == answers.BRANCH
    assert bus.count(GetOperations) == 4


@pytest.mark.parametrize("asked", ["?branch=x&days=9", "?days=-1", "?branch=&days="])
def test_a_choice_that_is_none_is_the_usual_one(
    sign_in: Callable[[Role], FlaskClient], bus: ScriptedClient, asked: str
) -> None:
    assert sign_in(Role.MANAGER).get(f"/{asked}").status_code == 200
    assert (bus.last(GetDashboard).branch_id, bus.last(GetDashboard).days_ahead) == (None, 7)


@pytest.mark.parametrize("role", [Role.CASHIER, Role.SUPPORT])
def test_cashier_and_support_see_counts_and_no_amount(
    sign_in: Callable[[Role], FlaskClient], role: Role
) -> None:
    page = sign_in(role).get("/").text
    assert "1,234" in page and "₹" not in page and "Parked events" not in page
    assert ("gone@example.com" in page) is (role is Role.SUPPORT)


def test_a_technician_is_asked_nothing_and_shown_no_figure(
    sign_in: Callable[[Role], FlaskClient], bus: ScriptedClient
) -> None:
    page = sign_in(Role.TECHNICIAN).get("/")
    assert page.status_code == 200 and "You are signed in" in page.text
    assert bus.count(GetDashboard) == 0


def test_a_hidden_branch_is_not_found(sign_in: Callable[[Role], FlaskClient], bus: ScriptedClient) -> None:
    bus.tell(GetDashboard, NotFound("There is no such branch."))
    assert sign_in(Role.MANAGER).get(f"/?branch={answers.OTHER_BRANCH}").status_code == 404


@pytest.mark.parametrize("away", [GetDashboard, ListBranches, GetFailedMessages, GetOperations])
def test_the_page_shows_what_it_can_when_a_service_is_away(
    sign_in: Callable[[Role], FlaskClient], bus: ScriptedClient, away: Any
) -> None:
    web = sign_in(Role.ADMIN)
    bus.tell(away, Unavailable("Away."))
    page = web.get("/")
    assert page.status_code == 200
    assert ("away" in page.text) is (away in (GetDashboard, GetFailedMessages)) or away is GetOperations


def test_figures_that_were_never_counted_are_not_shown_as_none(
    sign_in: Callable[[Role], FlaskClient], bus: ScriptedClient
) -> None:
    web = sign_in(Role.MANAGER)
    bus.tell(GetDashboard, figures(counted=False))
    page = web.get("/").text
    assert "being counted for the first time" in page and "1,234" not in page


def test_the_operations_say_what_is_stuck(
    sign_in: Callable[[Role], FlaskClient], bus: ScriptedClient
) -> None:
    stuck = OperationsView(
        parked=1, unsent=2, pending=3,
        parked_events=(ParkedEvent(id=UUID(int=1), type="PaymentMade", producer="billing", occurred_at=answers.AT,
                                   problem="<KeyError>"),),
        jobs=(TroubledJob(job="branch-day", of="MAIN:2026-11-21", state="failed", attempts=2, problem="no room",
                          since=answers.AT),),
    )  # fmt: skip
    bus.tell(GetOperations, stuck)
    web = sign_in(Role.ADMIN)
    bus.tell(GetOperations, stuck)
    page = web.get("/operations").text
    for words in ("PaymentMade", "&lt;KeyError&gt;", "branch-day", "no room", "gone@example.com", "Running"):
        assert words in page, words
    bus.tell(GetOperations, Unavailable("Away."))
    assert web.get("/operations").text.count(">Away<") == 4


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CASHIER, Role.SUPPORT, Role.TECHNICIAN, Role.CUSTOMER])
def test_the_operations_are_for_the_operator_alone(
    sign_in: Callable[[Role], FlaskClient], role: Role
) -> None:
    web = sign_in(role)
    assert web.get("/operations").status_code == 403
    assert 'href="/operations"' not in web.get("/password").text


def test_the_api_has_the_same_figures(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetDashboard, figures())
    found: Any = api.get("/api/v1/dashboard?days_ahead=30").json
    assert found["money"]["pending"] == [
        {"service": None, "this_month": "500.00", "before": "250.00", "currency": "INR"}
    ]
    assert (found["renewals"][0], found["statuses"][1]["count"]) == (
        {"service": "cable_tv", "today": 17, "ahead": 1717}, 1234,
    )  # fmt: skip
    assert api.get("/api/v1/dashboard?days_ahead=900").status_code in (400, 422)
