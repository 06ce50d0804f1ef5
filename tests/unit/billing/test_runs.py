"""Billing runs, as stories."""

from datetime import date

import pytest

from billing.domain.periods import PeriodTooFarAhead
from billing.domain.refusals import (
    RunUnderWay,
)
from billing.queries.runs import get_run
from billing.tables import Run
from billing.usecases import advance_run as advancing
from billing.usecases.advance_run import ChunkFailed, advance_run, note_failure
from billing.usecases.keep_customer import keep_customer
from billing.usecases.set_plan_price import set_plan_price
from billing.usecases.start_run import start_billing_run
from contracts.actor import Role
from contracts.calls.billing import (
    GetRun,
    SetPlanPrice,
    StartBillingRun,
)
from contracts.cards import CustomerState, Proration, Service
from contracts.errors import Forbidden, NotFound
from contracts.events import ChargesRaised
from tests.unit.billing.builders import World, staff


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
