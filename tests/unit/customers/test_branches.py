"""Branches and what they may be set to."""

from typing import Any

import pytest

from contracts.actor import Actor, Role
from contracts.calls import customers as calls
from contracts.cards import BranchCard, Invoicing, ReminderStage, StageRule
from contracts.errors import Forbidden, NotFound
from contracts.money import NotAnAmount
from customers import queries
from customers.domain.refusals import (
    BranchCodeTaken,
    CurrencyInUse,
    InvoicingNotOffered,
    NegativeMinimum,
    StagesOutOfOrder,
    UnknownCurrency,
    UnknownLocale,
    UnknownTimeZone,
)
from customers.usecases.change_branch import change_branch
from tests.unit.customers.builders import Operator, admin, staff_of, the_customer


def change(operator: Operator, branch: BranchCard, actor: Actor | None = None, **fields: Any) -> BranchCard:
    with operator.writing() as session:
        request = calls.ChangeBranch(branch_id=branch.id, **fields)
        return change_branch(session, request, actor or admin(), operator.clock)


def codes(operator: Operator, actor: Actor) -> list[str]:
    with operator.reading() as session:
        return [branch.code for branch in queries.list_branches(session, actor).items]


def test_main_exists_from_the_start(operator: Operator) -> None:
    main = operator.main
    assert (main.name, main.currency, main.time_zone, main.locale) == ("Main", "INR", "Asia/Kolkata", "en")
    assert main.policy.minimum_payment_minor == 25000
    assert [event["branch"]["code"] for event in operator.events("BranchChanged")] == ["MAIN"]


def test_the_smallest_payment_is_250_of_any_currency(operator: Operator) -> None:
    assert operator.branch("TYO", currency="JPY").policy.minimum_payment_minor == 250
    assert operator.branch("KW", currency="KWD").policy.minimum_payment_minor == 250_000


def test_a_code_belongs_to_one_branch(operator: Operator) -> None:
    with pytest.raises(BranchCodeTaken):
        operator.branch("MAIN")


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"currency": "XXY"}, UnknownCurrency),
        ({"currency": "inr"}, UnknownCurrency),
        ({"time_zone": "Asia/Nowhere"}, UnknownTimeZone),
        ({"time_zone": "../etc/passwd"}, UnknownTimeZone),
        ({"locale": "de"}, UnknownLocale),
        ({"invoicing": Invoicing.IN_ADVANCE}, InvoicingNotOffered),
        ({"minimum_payment": "-1"}, NegativeMinimum),
        ({"minimum_payment": "1.234"}, NotAnAmount),
        ({"minimum_payment": "much"}, NotAnAmount),
    ],
)
def test_impossible_policies_are_refused(
    operator: Operator, fields: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        operator.branch("EAST", **fields)
    with pytest.raises(refusal):
        change(operator, operator.main, **fields)
    assert len(operator.events("BranchChanged")) == 1


def test_what_is_given_changes_and_is_told(operator: Operator) -> None:
    changed = change(
        operator, operator.main, letterhead=("Main Road 1",), grace_days=3, reminder_days=(20, 5, 5)
    )
    assert (changed.version, changed.letterhead, changed.policy.grace_days) == (2, ("Main Road 1",), 3)
    assert changed.policy.reminder_days == (5, 20)
    assert operator.events("BranchChanged")[-1]["branch"]["version"] == 2


def test_a_change_that_changes_nothing_is_not_told(operator: Operator) -> None:
    assert change(operator, operator.main, name="Main", minimum_payment="250").version == 1
    assert len(operator.events("BranchChanged")) == 1


def test_the_currency_changes_only_while_nobody_is_billed_in_it(operator: Operator) -> None:
    assert change(operator, operator.main, currency="JPY").policy.minimum_payment_minor == 250
    operator.customer()
    with pytest.raises(CurrencyInUse):
        change(operator, operator.main, currency="INR")
    assert change(operator, operator.main, currency="JPY").currency == "JPY"


def test_a_manager_sees_own_branches_and_changes_none(operator: Operator) -> None:
    east = operator.branch("EAST")
    manager = staff_of(east.id, role=Role.MANAGER)
    assert codes(operator, manager) == ["EAST"]
    with pytest.raises(Forbidden):
        change(operator, east, manager, name="Mine")
    with pytest.raises(NotFound):
        change(operator, operator.main, manager, name="Mine")


def test_a_customer_sees_the_own_branch(operator: Operator) -> None:
    east = operator.branch("EAST")
    customer = the_customer(operator.customer(branch_id=east.id))
    assert codes(operator, customer) == ["EAST"]
    with operator.reading() as session:
        assert queries.get_branch(session, east.id, customer).code == "EAST"
        with pytest.raises(NotFound):
            queries.get_branch(session, operator.main.id, customer)


def rules(**months: int) -> tuple[StageRule, ...]:
    return tuple(StageRule(stage=ReminderStage(name), from_months=one) for name, one in months.items())


def test_reminders_begin_friendly_and_get_firmer_as_the_branch_says(operator: Operator) -> None:
    assert operator.main.policy.reminder_stages == rules(friendly=0)
    changed = change(
        operator, operator.main, reminder_stages=rules(final=3, friendly=1), reminder_pause_days=10
    )
    assert changed.policy.reminder_stages == rules(friendly=1, final=3)
    assert changed.policy.reminder_pause_days == 10


@pytest.mark.parametrize(
    "stages",
    [
        rules(friendly=2, firm=1), rules(friendly=1, final=1), rules(firm=-1), rules(final=61),
        (*rules(firm=1), *rules(firm=2)),
    ],
)  # fmt: skip
def test_a_firmer_stage_comes_later(operator: Operator, stages: tuple[StageRule, ...]) -> None:
    with pytest.raises(StagesOutOfOrder):
        change(operator, operator.main, reminder_stages=stages)
