"""Plans, copies, fees and reminders, as stories."""

from datetime import date

import pytest

from billing.domain.refusals import (
    CustomerDeactivated,
    PlanCodeTaken,
    PlanOfOtherBranch,
    PriceDateTaken,
)
from billing.tables import Charge, Reminder
from billing.usecases.add_plan import add_plan
from billing.usecases.keep_customer import keep_branch, keep_customer
from billing.usecases.raise_fee import raise_fee
from billing.usecases.set_plan_price import set_plan_price
from billing.usecases.start_run import start_dunning_run
from contracts.actor import Role
from contracts.calls.billing import (
    AddPlan,
    RaiseFee,
    SetPlanPrice,
    StartDunningRun,
)
from contracts.cards import CustomerState, FeeCategory, Service
from contracts.errors import Forbidden, NotFound
from contracts.events import DuesOutstanding
from tests.unit.billing.builders import World, staff


def test_a_plan_code_is_taken_once_in_a_branch(world: World) -> None:
    branch = world.branch()
    world.plan(branch, code="GOLD")
    with pytest.raises(PlanCodeTaken):
        world.plan(branch, code="GOLD")
    world.plan(world.branch("EAST"), code="GOLD")


def test_a_price_date_is_taken_once_and_managers_set_prices_in_their_branches(world: World) -> None:
    branch = world.branch()
    plan = world.plan(branch)
    request = SetPlanPrice(plan_id=plan.id, price="300.00", valid_from=date(2026, 11, 1))
    with pytest.raises(NotFound):
        world.do(set_plan_price, request, staff(Role.MANAGER, world.branch("EAST")))
    with pytest.raises(Forbidden):
        world.do(set_plan_price, request, staff(Role.CASHIER, branch))
    assert world.do(set_plan_price, request, staff(Role.MANAGER, branch)).price.minor == 30000
    with pytest.raises(PriceDateTaken):
        world.do(set_plan_price, request)


def test_a_cashier_adds_no_plan(world: World) -> None:
    branch = world.branch()
    request = AddPlan(code="X1", name="X", service_kind=Service.CABLE_TV, price="1.00", branch_id=branch.id)
    with pytest.raises(Forbidden):
        world.do(add_plan, request, staff(Role.CASHIER, branch))


def test_a_subscription_takes_a_plan_of_the_customers_branch(world: World) -> None:
    branch = world.branch()
    with pytest.raises(PlanOfOtherBranch):
        world.subscription(world.customer(branch), world.plan(world.branch("EAST")), date(2026, 11, 1))


def test_a_deactivated_customer_gets_no_subscription(world: World) -> None:
    branch = world.branch()
    customer = world.customer(branch)
    with world.transaction() as session:
        keep_customer(session, customer.model_copy(update={"version": 2, "state": CustomerState.DEACTIVATED}))
    with pytest.raises(CustomerDeactivated):
        world.subscription(customer, world.plan(branch), date(2026, 11, 1))


def test_an_older_card_never_replaces_a_newer_one(world: World) -> None:
    branch = world.branch(minimum=25000)
    newer = branch.model_copy(
        update={"version": 3, "policy": branch.policy.model_copy(update={"minimum_payment_minor": 100})}
    )
    with world.transaction() as session:
        keep_branch(session, newer)
        keep_branch(session, branch.model_copy(update={"version": 2}))
    customer = world.customer(branch)
    world.subscription(customer, world.plan(branch), date(2026, 11, 1))
    world.bill("2026-11")
    assert world.pay(customer, "1.00").amount.minor == 100


def test_a_fee_is_a_charge_of_its_own_category_settled_after_the_months(world: World) -> None:
    branch = world.branch()
    customer = world.customer(branch)
    world.subscription(customer, world.plan(branch), date(2026, 11, 1))
    request = RaiseFee(
        customer_id=customer.id, category=FeeCategory.RELOCATION, amount="100.00", idempotency_key="f"
    )
    assert world.do(raise_fee, request) == world.do(raise_fee, request)
    world.bill("2026-11")
    paid = world.pay(customer, "300.00")
    assert [(part.category, part.amount.minor) for part in paid.allocations] == [
        (FeeCategory.USAGE, 25000),
        (FeeCategory.RELOCATION, 5000),
    ]
    assert world.balance() == 0


def test_a_customer_is_reminded_once_a_day_of_all_months_pending(world: World) -> None:
    branch = world.branch(pause_days=1)
    customer = world.customer(branch)
    world.subscription(customer, world.plan(branch), date(2026, 10, 1))
    world.bill("2026-10")
    world.bill("2026-11")
    for _ in range(2):
        world.do(start_dunning_run, StartDunningRun())
        world.work()
    (event,) = world.told(DuesOutstanding)
    assert (event.total.minor, event.periods()) == (50000, ["2026-10", "2026-11"])
    world.on(2026, 11, 22).do(start_dunning_run, StartDunningRun(branch_id=branch.id))
    world.work()
    assert (len(world.told(DuesOutstanding)), world.count(Reminder)) == (2, 2)


def test_nobody_is_reminded_who_owes_nothing_or_nothing_due_yet(world: World) -> None:
    branch = world.branch()
    paid, ahead = world.customer(branch), world.customer(branch, "Arun", crf="102")
    world.subscription(paid, world.plan(branch), date(2026, 11, 1))
    world.subscription(ahead, world.plan(branch), date(2026, 12, 1))
    world.bill("2026-11")
    world.pay(paid, "250.00")
    world.bill("2026-12")
    world.do(start_dunning_run, StartDunningRun())
    world.work()
    assert world.told(DuesOutstanding) == []


def test_one_subscription_and_month_cannot_hold_two_charges(world: World) -> None:
    branch = world.branch()
    world.subscription(world.customer(branch), world.plan(branch), date(2026, 11, 1))
    for _ in range(2):
        world.bill("2026-11")
    assert world.count(Charge) == 1
