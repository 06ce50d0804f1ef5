"""Customers with dues: listed, summed, chosen, reminded by stages, left in peace by pause and promise (C49, C50)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.refusals import NoPromise, PromiseOutOfReach
from billing.domain.reminding import first_period, months_old, stage_of
from billing.queries import debtors
from billing.queries.cursors import CursorInvalid
from billing.tables import Promise
from billing.usecases.promise_to_pay import get_promise, promise_to_pay, withdraw_promise
from billing.usecases.start_run import start_dunning_run
from contracts.actor import Actor, Role
from contracts.calls import reminders as calls
from contracts.calls.billing import DebtorFilter, StartDunningRun
from contracts.cards import BranchCard, CustomerCard, ReminderStage, Service, StageRule
from contracts.errors import Forbidden, NotFound
from contracts.events import DuesOutstanding
from contracts.money import NotAnAmount
from tests.unit.billing.builders import World, customer_actor, staff

STAGES = (
    StageRule(stage=ReminderStage.FRIENDLY, from_months=0), StageRule(stage=ReminderStage.FIRM, from_months=2),
    StageRule(stage=ReminderStage.FINAL, from_months=3),
)  # fmt: skip


def owe(world: World, branch: BranchCard, crf: str, *periods: str, **more: Any) -> CustomerCard:
    """A customer who owes these months."""
    service = more.pop("service", Service.CABLE_TV)
    customer = world.customer(branch, f"Customer {crf}", crf=crf, **more)
    first = date(int(periods[0][:4]), int(periods[0][5:]), 1)
    world.subscription(customer, world.plan(branch, service), first)
    for period in periods:
        world.bill(period)
    return customer


def listed(world: World, actor: Actor | None = None, **wanted: Any) -> list[str]:
    return [one.crf for one in page(world, actor, **wanted).items]


def page(world: World, actor: Actor | None = None, **wanted: Any) -> calls.DebtorList:
    where = {name: wanted.pop(name) for name in ("cursor", "limit") if name in wanted}
    request = calls.ListDebtors(filter=DebtorFilter(**wanted), **where)
    with world.database.reading() as session:
        return debtors.list_debtors(session, request, actor or world.actor, world.clock)


def summed(world: World, **wanted: Any) -> calls.DebtorSums:
    with world.database.reading() as session:
        request = calls.SumDebtors(filter=DebtorFilter(**wanted))
        return debtors.sum_debtors(session, request, world.actor, world.clock)


def preview(world: World, **wanted: Any) -> calls.ReminderPreview:
    with world.database.reading() as session:
        return debtors.preview_reminders(session, calls.PreviewReminders(**wanted), world.actor, world.clock)


def run(world: World, **wanted: Any) -> list[str]:
    """Remind; whose reminders were emitted by this run."""
    before = len(world.told(DuesOutstanding))
    world.do(start_dunning_run, StartDunningRun(**wanted))
    world.work()
    return [event.customer.crf for event in world.told(DuesOutstanding)[before:]]


def promise(world: World, customer: CustomerCard, until: date, actor: Actor | None = None) -> None:
    request = calls.PromiseToPay(customer_id=customer.id, promised_until=until, note="on payday")
    world.do(promise_to_pay, request, actor)


def test_who_owes_longest_comes_first_and_no_one_twice(world: World) -> None:
    branch = world.branch()
    owe(world, branch, "new", "2026-11")
    owe(world, branch, "old", "2026-09", "2026-10", "2026-11")
    found = page(world).items
    assert [(one.crf, one.oldest, one.total.minor) for one in found] == [
        ("old", "2026-09", 75000), ("new", "2026-11", 25000),
    ]  # fmt: skip
    assert (summed(world).customers, [str(one) for one in summed(world).totals]) == (2, ["1000.00 INR"])


def test_pages_go_on_where_the_last_one_ended_over_all_branches(world: World) -> None:
    main, east = world.branch(), world.branch("EAST", currency="USD")
    for number in range(5):
        owe(world, main if number % 2 else east, f"c{number}", "2026-10", "2026-11")
    found, cursor = [], None
    while True:
        one = page(world, limit=2, cursor=cursor)
        found += [item.crf for item in one.items]
        cursor = one.next
        if cursor is None:
            break
    assert sorted(found) == [f"c{number}" for number in range(5)]
    assert {one.currency for one in summed(world).totals} == {"INR", "USD"}
    with pytest.raises(CursorInvalid):
        page(world, cursor="nonsense")


def test_filters_narrow_the_list(world: World) -> None:
    branch = world.branch()
    owe(world, branch, "tv", "2026-09", "2026-10", area="Vijaya  Nagar")
    owe(world, branch, "net", "2026-11", service=Service.BROADBAND, area="Old Town")
    assert listed(world, area="vijaya nagar ") == listed(world, service_kind="cable_tv") == ["tv"]
    assert listed(world, older_than_months=1) == listed(world, minimum_amount="250.01") == ["tv"]
    assert listed(world, older_than_months=2) == []
    assert listed(world, branch_id=branch.id, minimum_amount="250") == ["tv", "net"]
    with pytest.raises(NotAnAmount):
        listed(world, minimum_amount="much")


def test_a_page_looks_at_so_many_for_an_amount_and_the_next_one_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debtors, "LOOKED_AT", 4)
    main, east = world.branch(), world.branch("EAST")
    for number in range(9):
        more = ("2026-11",) if number == 8 else ()
        owe(world, main if number % 2 else east, f"c{number}", "2026-10", *more)
    expected = sorted(item.crf for item in page(world, limit=200).items if item.total.minor >= 50000)
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        one = page(world, limit=1, cursor=cursor, minimum_amount="500")
        found += [item.crf for item in one.items]
        cursor, pages = one.next, pages + 1
    assert sorted(found) == expected and pages > 1


def test_more_than_was_asked_for_are_not_counted(world: World) -> None:
    main, east = world.branch(), world.branch("EAST")
    for number in range(4):
        owe(world, main if number % 2 else east, f"c{number}", "2026-11")
    with world.database.reading() as session:
        for at_most, complete, number in ((3, False, 0), (4, True, 4)):
            sums = debtors.sum_debtors(session, calls.SumDebtors(at_most=at_most), world.actor, world.clock)
            seen = debtors.preview_reminders(
                session, calls.PreviewReminders(at_most=at_most), world.actor, world.clock
            )
            assert (sums.complete, sums.customers, seen.complete, seen.customers) == (
                complete, number, complete, number,
            )  # fmt: skip


def test_what_is_paid_or_not_due_yet_is_no_debt(world: World) -> None:
    branch = world.branch()
    paid = owe(world, branch, "paid", "2026-11")
    world.pay(paid, "250.00")
    owe(world, branch, "ahead", "2026-12")
    assert listed(world) == []


def test_the_list_is_for_who_runs_reminders_in_the_branch(world: World) -> None:
    branch, east = world.branch(), world.branch("EAST")
    customer = owe(world, branch, "one", "2026-11")
    assert listed(world, staff(Role.MANAGER, branch)) == ["one"]
    assert listed(world, staff(Role.MANAGER, east)) == []
    with pytest.raises(NotFound):
        listed(world, staff(Role.MANAGER, east), branch_id=branch.id)
    for actor in (staff(Role.CASHIER, branch), staff(Role.SUPPORT, branch), customer_actor(customer)):
        with pytest.raises(Forbidden):
            listed(world, actor)


def test_a_run_reminds_the_chosen_and_says_before_how_many(world: World) -> None:
    branch = world.branch()
    first, _ = owe(world, branch, "one", "2026-11"), owe(world, branch, "two", "2026-10", "2026-11")
    choice = {"customer_ids": (first.id,)}
    seen = preview(world, **choice)
    assert (seen.customers, [one.minor for one in seen.totals], seen.left_out) == (1, [25000], 0)
    assert run(world, **choice) == ["one"]
    assert preview(world, filter=DebtorFilter(older_than_months=0)).customers == 1
    assert run(world, filter=DebtorFilter(older_than_months=0)) == ["two"]


def test_nobody_is_reminded_again_inside_the_branchs_days_unless_forced(world: World) -> None:
    branch = world.branch(pause_days=7)
    owe(world, branch, "one", "2026-11")
    assert run(world) == ["one"]
    assert run(world, force=True) == [], "one a day, whatever is forced"
    world.on(2026, 11, 27)
    assert (preview(world).left_out, run(world)) == (1, [])
    assert listed(world, not_reminded_days=6) == ["one"] and listed(world, not_reminded_days=7) == []
    assert preview(world, force=True).customers == 1
    assert run(world, force=True) == ["one"]
    world.on(2026, 12, 3)
    assert run(world) == []
    world.on(2026, 12, 4)
    assert run(world) == ["one"]


def test_a_promise_pauses_reminders_until_its_day_has_passed(world: World) -> None:
    branch = world.branch(pause_days=1)
    customer = owe(world, branch, "one", "2026-11")
    promise(world, customer, date(2026, 11, 24))
    assert listed(world, promised=True) == ["one"] and listed(world, promised=False) == []
    assert (run(world), run(world, force=True)) == ([], [])
    assert page(world).items[0].promise is not None
    assert run(world.on(2026, 11, 24)) == []
    assert run(world.on(2026, 11, 25)) == ["one"]


def test_a_new_promise_replaces_the_old_and_can_be_withdrawn(world: World) -> None:
    branch = world.branch()
    customer = owe(world, branch, "one", "2026-11")
    cashier = staff(Role.CASHIER, branch)
    promise(world, customer, date(2026, 11, 24), cashier)
    promise(world, customer, date(2026, 11, 30), cashier)
    found = world.do(get_promise, calls.GetPromise(customer_id=customer.id), cashier).promise
    assert found is not None and (found.promised_until, found.made_by) == (date(2026, 11, 30), "Cashier")
    assert world.count(Promise) == 2
    withdraw = calls.WithdrawPromise(customer_id=customer.id)
    assert world.do(withdraw_promise, withdraw, cashier).promise is None
    with pytest.raises(NoPromise):
        world.do(withdraw_promise, withdraw, cashier)
    assert run(world) == ["one"]


@pytest.mark.parametrize("until", [date(2026, 11, 20), date(2027, 3, 1)])
def test_a_promise_is_for_the_next_months(world: World, until: date) -> None:
    customer = world.customer(world.branch())
    with pytest.raises(PromiseOutOfReach):
        promise(world, customer, until)


def test_promises_are_the_desks(world: World) -> None:
    branch = world.branch()
    customer = world.customer(branch)
    for actor in (staff(Role.SUPPORT, branch), customer_actor(customer), staff(Role.TECHNICIAN, branch)):
        with pytest.raises(Forbidden):
            promise(world, customer, date(2026, 11, 24), actor)
    with pytest.raises(NotFound):
        promise(world, customer, date(2026, 11, 24), staff(Role.CASHIER, world.branch("EAST")))


def test_a_reminder_gets_firmer_with_the_age_of_the_oldest_month(world: World) -> None:
    branch = world.branch(stages=STAGES)
    owe(world, branch, "0", "2026-11")
    owe(world, branch, "2", "2026-09")
    owe(world, branch, "5", "2026-06")
    run(world)
    said = {event.customer.crf: event.stage for event in world.told(DuesOutstanding)}
    assert said == {"0": ReminderStage.FRIENDLY, "2": ReminderStage.FIRM, "5": ReminderStage.FINAL}
    assert [one.stage for one in page(world).items] == ["final", "firm", "friendly"]


def test_dues_younger_than_the_first_stage_are_left_alone(world: World) -> None:
    branch = world.branch(stages=(StageRule(stage=ReminderStage.FRIENDLY, from_months=1),))
    owe(world, branch, "new", "2026-11")
    assert preview(world).left_out == 1
    assert run(world) == []


def test_a_draft_is_the_reminder_that_would_be_sent(world: World) -> None:
    branch = world.branch()
    customer, nobody = owe(world, branch, "one", "2026-11"), world.customer(branch, crf="0")
    look: Callable[[CustomerCard], calls.ReminderDraft] = lambda who: world.do(  # noqa: E731 - used twice below
        debtors.draft_reminder, calls.DraftReminder(customer_id=who.id)
    )
    draft = look(customer).event
    run(world)
    assert [draft] == world.told(DuesOutstanding)
    assert look(nobody).event is None


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 30))
def test_a_stage_is_reached_exactly_from_its_first_month(today: date, back: int) -> None:
    oldest = first_period((StageRule(stage=ReminderStage.FRIENDLY, from_months=back),), today)
    assert months_old(oldest, today) == back
    assert stage_of(STAGES, oldest, today) is (
        ReminderStage.FINAL if back >= 3 else ReminderStage.FIRM if back == 2 else ReminderStage.FRIENDLY
    )
