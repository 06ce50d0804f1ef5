"""Billing runs, statuses, stops, fees and reminders, as stories."""

from datetime import date

import pytest
from sqlalchemy import select

from billing.domain.moves import MoveNotAllowed
from billing.domain.periods import PeriodTooFarAhead
from billing.domain.refusals import (
    CustomerDeactivated,
    PlanCodeTaken,
    PlanOfOtherBranch,
    PriceDateTaken,
    RunUnderWay,
)
from billing.queries.runs import get_run
from billing.tables import Charge, Reminder, Run, SubscriptionMove
from billing.usecases import advance_run as advancing
from billing.usecases.add_plan import add_plan
from billing.usecases.advance_run import ChunkFailed, advance_run, note_failure
from billing.usecases.keep_customer import keep_branch, keep_customer
from billing.usecases.move_subscription import move_subscription
from billing.usecases.raise_fee import raise_fee
from billing.usecases.set_plan_price import set_plan_price
from billing.usecases.start_run import start_billing_run, start_dunning_run
from contracts.actor import Role
from contracts.calls.billing import (
    AddPlan,
    GetRun,
    MoveSubscription,
    RaiseFee,
    SetPlanPrice,
    StartBillingRun,
    StartDunningRun,
)
from contracts.cards import CustomerState, FeeCategory, Proration, Service, SubscriptionStatus
from contracts.errors import Forbidden, NotFound
from contracts.events import ChargesRaised, DuesOutstanding, SubscriptionChanged
from tests.unit.billing.builders import World, staff


def stop(world: World, subscription_id: object, to: SubscriptionStatus, reason: str = "Asked for") -> str:
    request = MoveSubscription(subscription_id=subscription_id, to=to, reason=reason)  # type: ignore[arg-type]  # an id of a view
    return world.do(move_subscription, request).status


# --- charging ----------------------------------------------------------------------------------------------
def test_a_month_is_charged_once_however_often_it_is_run(world: World) -> None:
    branch = world.branch()
    world.subscription(world.customer(branch), world.plan(branch), date(2026, 11, 3))
    world.bill("2026-11")
    world.bill("2026-11")
    assert world.charges() == [("2026-11", 25000, 0)]
    assert world.balance() == 0


def test_a_paid_month_is_never_charged_again(world: World) -> None:
    branch = world.branch()
    customer = world.customer(branch)
    world.subscription(customer, world.plan(branch), date(2026, 11, 3))
    world.bill("2026-11")
    world.pay(customer, "250.00")
    world.bill("2026-11")
    assert world.charges() == [("2026-11", 25000, 25000)]


def test_a_run_charges_at_the_price_valid_on_the_first_of_the_month(world: World) -> None:
    branch = world.branch()
    plan = world.plan(branch, price="250.00")
    world.do(set_plan_price, SetPlanPrice(plan_id=plan.id, price="300.00", valid_from=date(2026, 11, 2)))
    world.subscription(world.customer(branch), plan, date(2026, 10, 3))
    world.bill("2026-10")
    world.bill("2026-11")
    world.bill("2026-12")
    assert world.charges() == [("2026-10", 25000, 0), ("2026-11", 25000, 0), ("2026-12", 30000, 0)]


def test_a_subscriptions_own_price_wins_over_its_plans(world: World) -> None:
    branch = world.branch()
    world.subscription(world.customer(branch), world.plan(branch), date(2026, 11, 3), price="199.50")
    world.bill("2026-11")
    assert world.charges() == [("2026-11", 19950, 0)]


def test_a_run_charges_only_the_month_asked_for_and_none_before_the_start(world: World) -> None:
    branch = world.branch()
    world.subscription(world.customer(branch), world.plan(branch), date(2026, 11, 3))
    world.bill("2026-10")
    world.bill("2026-12")
    assert [period for period, _, _ in world.charges()] == ["2026-12"]


def test_a_period_more_than_a_month_ahead_is_refused(world: World) -> None:
    world.branch()
    with pytest.raises(PeriodTooFarAhead):
        world.bill("2027-01")


def test_a_run_tells_its_charges_in_parts_and_shows_its_progress(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("billing.usecases.raise_charges.EVENT_CHARGES", 4)
    branch = world.branch()
    plans = [world.plan(branch, Service.CABLE_TV), world.plan(branch, Service.BROADBAND, "600.00")]
    for number in range(5):
        customer = world.customer(branch, crf=str(number))
        for plan in plans:
            world.subscription(customer, plan, date(2026, 11, 3))
    run = world.bill("2026-11")
    told = world.told(ChargesRaised)
    assert [len(event.charges) for event in told] == [4, 4, 2]
    assert sum(one.amount_minor for event in told for one in event.charges) == 5 * 85000
    with world.database.reading() as session:
        done = get_run(session, GetRun(run_id=run.id, kind="billing"), world.actor)
    assert (done.state, done.done, done.total, done.raised_count) == ("done", 10, 10, 10)
    assert [money.decimal_text() for money in done.raised] == ["4250.00"]
    assert world.balance() == 0


def test_a_preview_says_what_a_run_would_raise_and_raises_nothing(world: World) -> None:
    branch = world.branch(proration=Proration.DAILY)
    world.subscription(world.customer(branch), world.plan(branch), date(2026, 11, 21))
    world.subscription(world.customer(branch, crf="102"), world.plan(branch), date(2026, 10, 1))
    view = world.do(start_billing_run, StartBillingRun(period="2026-11", preview=True))
    assert (view.state, view.raised_count, view.raised[0].minor) == ("done", 2, 25000 + 8333)
    assert world.charges() == []
    world.bill("2026-11")
    assert world.charges() == [("2026-11", 8333, 0), ("2026-11", 25000, 0)]


def test_a_run_goes_on_where_a_failure_stopped_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("billing.usecases.raise_charges.CHUNK", 2)
    branch = world.branch()
    plan = world.plan(branch)
    for number in range(5):
        world.subscription(world.customer(branch, crf=str(number)), plan, date(2026, 11, 3))
    world.do(start_billing_run, StartBillingRun(period="2026-11"))
    with world.transaction() as session:
        advance_run(session, world.clock)
    with monkeypatch.context() as broken:
        broken.setattr(advancing, "raise_charges", lambda *_, **__: 1 / 0)
        with pytest.raises(ChunkFailed), world.transaction() as session:
            advance_run(session, world.clock)
    assert len(world.charges()) == 2
    world.work()
    assert len(world.charges()) == 5
    assert world.balance() == 0


def test_a_run_that_fails_again_and_again_is_given_up_and_says_why(world: World) -> None:
    world.branch()
    run = world.do(start_billing_run, StartBillingRun(period="2026-11"))
    for _ in range(5):
        with world.transaction() as session:
            note_failure(session, run.id, "division by zero", world.clock)
    with world.database.reading() as session:
        row = session.get_one(Run, run.id)
        assert (row.state, row.problem) == ("failed", "division by zero")


def test_two_runs_of_one_month_and_branch_do_not_go_at_once(world: World) -> None:
    branch = world.branch()
    world.do(start_billing_run, StartBillingRun(period="2026-11"))
    with pytest.raises(RunUnderWay):
        world.do(start_billing_run, StartBillingRun(period="2026-11", branch_id=branch.id))
    world.do(start_billing_run, StartBillingRun(period="2026-12", branch_id=branch.id))


def test_a_run_started_twice_with_one_key_is_one_run(world: World) -> None:
    world.branch()
    request = StartBillingRun(period="2026-11", idempotency_key="once")
    first, second = world.do(start_billing_run, request), world.do(start_billing_run, request)
    assert (first.id, first.replayed, second.replayed) == (second.id, False, True)


def test_a_manager_runs_own_branches_only(world: World) -> None:
    main, east = world.branch(), world.branch("EAST")
    for branch in (main, east):
        world.subscription(world.customer(branch), world.plan(branch), date(2026, 11, 3))
    with pytest.raises(NotFound):
        world.do(
            start_billing_run,
            StartBillingRun(period="2026-11", branch_id=east.id),
            staff(Role.MANAGER, main),
        )
    with pytest.raises(Forbidden):
        world.do(start_billing_run, StartBillingRun(period="2026-11"), staff(Role.CASHIER, main))
    world.do(start_billing_run, StartBillingRun(period="2026-11"), staff(Role.MANAGER, main))
    world.work()
    assert len(world.charges()) == 1


def test_a_deactivated_customer_is_not_charged(world: World) -> None:
    branch = world.branch()
    customer = world.customer(branch)
    world.subscription(customer, world.plan(branch), date(2026, 11, 3))
    with world.transaction() as session:
        keep_customer(session, customer.model_copy(update={"version": 2, "state": CustomerState.DEACTIVATED}))
    world.bill("2026-11")
    assert world.charges() == []


# --- statuses ----------------------------------------------------------------------------------------------
def test_on_the_first_of_a_month_nobody_turns_inactive_who_has_nothing_to_pay(world: World) -> None:
    branch = world.branch()
    customer = world.customer(branch)
    subscription = world.subscription(customer, world.plan(branch), date(2026, 11, 3))
    world.bill("2026-11")
    world.pay(customer, "250.00")
    world.on(2026, 12, 1).bill("2026-10")
    assert world.status(subscription.id) == ("active", date(2026, 11, 30))


def test_unpaid_turns_inactive_after_the_expiry_and_suspended_after_sixty_days(world: World) -> None:
    branch = world.branch()
    customer = world.customer(branch)
    subscription = world.subscription(customer, world.plan(branch), date(2026, 11, 21))
    assert world.status(subscription.id)[0] == "applied"
    seen = []
    for day in (date(2026, 11, 21), date(2026, 11, 22), date(2027, 1, 20), date(2027, 1, 21)):
        world.on(day.year, day.month, day.day).bill("2026-11")
        seen.append(world.status(subscription.id)[0])
    assert seen == ["active", "inactive", "inactive", "suspended"]
    world.pay(customer, "250.00")
    assert world.status(subscription.id)[0] == "active"


def test_every_move_leaves_a_row_and_a_higher_version(world: World) -> None:
    branch = world.branch()
    customer = world.customer(branch)
    world.subscription(customer, world.plan(branch), date(2026, 11, 3))
    world.bill("2026-11")
    world.pay(customer, "250.00")
    with world.database.reading() as session:
        moves = session.execute(
            select(SubscriptionMove.from_status, SubscriptionMove.to_status).order_by(
                SubscriptionMove.from_status.is_not(None), SubscriptionMove.from_status
            )
        )
        assert [tuple(row) for row in moves] == [
            (None, "applied"), ("applied", "inactive"), ("inactive", "active"),
        ]  # fmt: skip
    versions = [event.subscription.version for event in world.told(SubscriptionChanged)]
    assert versions == sorted(set(versions))


def test_a_month_charged_late_takes_the_expiry_back(world: World) -> None:
    branch = world.branch()
    customer = world.customer(branch)
    subscription = world.subscription(customer, world.plan(branch), date(2026, 10, 1))
    world.bill("2026-11")
    world.pay(customer, "250.00")
    assert world.status(subscription.id)[1] == date(2026, 11, 30)
    world.bill("2026-10")
    assert world.status(subscription.id) == ("inactive", date(2026, 10, 1))


def test_a_complimentary_month_counts_as_settled(world: World) -> None:
    branch = world.branch()
    subscription = world.subscription(world.customer(branch), world.plan(branch), date(2026, 11, 3), "0.00")
    world.bill("2026-11")
    assert world.status(subscription.id) == ("active", date(2026, 11, 30))


# --- stops -------------------------------------------------------------------------------------------------
def test_whole_months_of_stop_are_not_charged(world: World) -> None:
    branch = world.branch()
    subscription = world.subscription(world.customer(branch), world.plan(branch), date(2026, 9, 1))
    world.on(2026, 9, 15)
    assert stop(world, subscription.id, SubscriptionStatus.VOLUNTARY_STOP) == "voluntary_stop"
    world.on(2026, 11, 21)
    stop(world, subscription.id, SubscriptionStatus.ACTIVE)
    for period in ("2026-09", "2026-10", "2026-11"):
        world.bill(period)
    assert [period for period, _, _ in world.charges()] == ["2026-09", "2026-11"]


def test_days_of_stop_are_taken_off_with_daily_proration(world: World) -> None:
    branch = world.branch(proration=Proration.DAILY)
    subscription = world.subscription(
        world.customer(branch), world.plan(branch, price="300.00"), date(2026, 10, 1)
    )
    world.on(2026, 11, 11)
    stop(world, subscription.id, SubscriptionStatus.VOLUNTARY_STOP)
    world.on(2026, 11, 21)
    stop(world, subscription.id, SubscriptionStatus.ACTIVE)
    world.bill("2026-11")
    assert world.charges() == [("2026-11", 20000, 0)]


def test_a_closed_subscription_stays_closed_whatever_is_paid(world: World) -> None:
    branch = world.branch()
    customer = world.customer(branch)
    subscription = world.subscription(customer, world.plan(branch), date(2026, 11, 1))
    world.bill("2026-11")
    assert stop(world, subscription.id, SubscriptionStatus.CLOSED) == "closed"
    world.pay(customer, "250.00")
    assert world.status(subscription.id) == ("closed", date(2026, 11, 30))
    world.bill("2026-12")
    assert len(world.charges()) == 1
    with pytest.raises(MoveNotAllowed):
        stop(world, subscription.id, SubscriptionStatus.ACTIVE)


# --- plans, subscriptions, copies ---------------------------------------------------------------------------
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


# --- fees and reminders -------------------------------------------------------------------------------------
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
    branch = world.branch()
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
