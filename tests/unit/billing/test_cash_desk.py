"""The cash desk: opened with a float, closed with a count, and the day sheet of each cashier."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from billing.domain.cash import (
    AmountBelowZero,
    CashDeskRequired,
    CashSessionClosed,
    CashSessionOpen,
    ExpectedChanged,
    NoteRequired,
)
from billing.queries.cash import get_session
from billing.queries.day_sheets import list_day_sheets
from billing.tables import CashSessionRow, JournalEntry, JournalLineRow
from billing.triggers import APPEND_ONLY
from billing.usecases.close_cash_session import close_cash_session
from billing.usecases.keep_customer import keep_branch
from billing.usecases.open_cash_session import open_cash_session
from billing.usecases.record_payment import record_payment
from chassis.database import Database
from chassis.migrations import migrate, migrations_of
from contracts.actor import Actor, Role
from contracts.calls.billing import RecordPayment
from contracts.calls.cash import (
    CloseCashSession,
    GetCashSession,
    ListDaySheets,
    OpenCashSession,
)
from contracts.cards import BranchCard, CashDeskRule, CustomerCard, PaymentMode
from contracts.errors import Refusal
from tests.unit.billing.builders import ADMIN, World, staff
from tests.unit.billing.desks import close_desk, open_desk, own, sheet, void


def adjustments(world: World) -> list[tuple[str, int]]:
    with world.database.reading() as session:
        return [
            tuple(row)
            for row in session.execute(
                select(JournalLineRow.account, JournalLineRow.amount_minor)
                .join(JournalEntry, JournalEntry.id == JournalLineRow.entry_id)
                .where(JournalEntry.kind == "cash_count")
                .order_by(JournalLineRow.line)
            )
        ]


def test_a_desk_expects_its_float_and_the_cash_that_came_in(
    world: World, branch: BranchCard, deepa: CustomerCard, ravi: Actor
) -> None:
    desk = open_desk(world, branch, ravi)
    world.pay(deepa, "850.00", actor=ravi)
    world.pay(deepa, "600.00", actor=ravi, mode=PaymentMode.ONLINE, reference="UPI1")
    seen = own(world, ravi)
    assert seen is not None and seen.id == desk.id
    assert [one.decimal_text() for one in (seen.opening, seen.cash_in, seen.voids, seen.expected)] == [
        "1000.00", "850.00", "0.00", "1850.00",
    ]  # fmt: skip


def test_a_desk_that_counts_right_closes_without_a_trace_in_the_books(
    world: World, branch: BranchCard, deepa: CustomerCard, ravi: Actor
) -> None:
    desk = open_desk(world, branch, ravi)
    world.pay(deepa, "850.00", actor=ravi)
    closed = close_desk(world, desk, ravi, "1850.00", expected="1850.00")
    assert closed.difference is not None and not closed.difference
    assert (closed.closed_by, adjustments(world), own(world, ravi)) == ("Ravi", [], None)


@pytest.mark.parametrize(
    ("counted", "lines"),
    [
        ("1010.00", [("cash", 1000), ("adjustments", -1000)]),
        ("990.00", [("cash", -1000), ("adjustments", 1000)]),
    ],
)
def test_what_is_over_or_short_is_posted_with_a_note(
    world: World, branch: BranchCard, ravi: Actor, counted: str, lines: list[tuple[str, int]]
) -> None:
    desk = open_desk(world, branch, ravi)
    with pytest.raises(NoteRequired, match=r"10\.00 INR"):
        close_desk(world, desk, ravi, counted)
    closed = close_desk(world, desk, ravi, counted, note="Found under the tray")
    assert closed.note == "Found under the tray"
    assert adjustments(world) == lines
    assert world.balance() == 0


def test_a_cashier_has_one_desk_at_a_time(world: World, branch: BranchCard, ravi: Actor, maya: Actor) -> None:
    first = open_desk(world, branch, ravi)
    with pytest.raises(CashSessionOpen):
        open_desk(world, branch, ravi)
    open_desk(world, branch, maya)
    close_desk(world, first, ravi, "1000.00")
    assert open_desk(world, branch, ravi).id != first.id


def test_the_same_key_opens_and_closes_once(world: World, branch: BranchCard, ravi: Actor) -> None:
    request = OpenCashSession(branch_id=branch.id, opening="5.00", idempotency_key="k")
    desk = world.do(open_cash_session, request, ravi)
    assert world.do(open_cash_session, request, ravi) == desk
    closing = CloseCashSession(session_id=desk.id, counted="5.00", idempotency_key="k")
    assert world.do(close_cash_session, closing, ravi) == world.do(close_cash_session, closing, ravi)


def test_a_closed_desk_is_closed(world: World, branch: BranchCard, ravi: Actor) -> None:
    desk = open_desk(world, branch, ravi)
    close_desk(world, desk, ravi, "1000.00")
    with pytest.raises(CashSessionClosed):
        close_desk(world, desk, ravi, "1000.00")


def test_cash_that_came_in_since_the_look_is_not_overlooked(
    world: World, branch: BranchCard, deepa: CustomerCard, ravi: Actor
) -> None:
    desk = open_desk(world, branch, ravi)
    world.pay(deepa, "850.00", actor=ravi)
    with pytest.raises(ExpectedChanged, match=r"1850\.00 INR is expected now"):
        close_desk(world, desk, ravi, "1000.00", expected="1000.00")


@pytest.mark.parametrize("amount", ["-1", "-0.01"])
def test_less_than_nothing_lies_in_no_desk(
    world: World, branch: BranchCard, ravi: Actor, amount: str
) -> None:
    with pytest.raises(AmountBelowZero):
        open_desk(world, branch, ravi, amount)
    desk = open_desk(world, branch, ravi)
    with pytest.raises(AmountBelowZero):
        close_desk(world, desk, ravi, amount)


def test_a_void_hands_the_cash_back_from_the_desk_that_took_it(
    world: World, branch: BranchCard, deepa: CustomerCard, ravi: Actor, maya: Actor
) -> None:
    open_desk(world, branch, ravi)
    open_desk(world, branch, maya)
    void(world, world.pay(deepa, "850.00", actor=ravi), maya)
    desk, other = own(world, ravi), own(world, maya)
    assert desk is not None and other is not None
    assert [one.decimal_text() for one in (desk.voids, desk.expected, other.expected)] == [
        "850.00", "1000.00", "1000.00",
    ]  # fmt: skip


def test_a_void_after_the_desk_was_closed_is_paid_by_who_voids(
    world: World, branch: BranchCard, deepa: CustomerCard, ravi: Actor, maya: Actor
) -> None:
    desk = open_desk(world, branch, ravi)
    payment = world.pay(deepa, "850.00", actor=ravi)
    before = close_desk(world, desk, ravi, "1850.00")
    open_desk(world, branch, maya)
    void(world, payment, maya)
    left = own(world, maya)
    assert left is not None and left.expected.decimal_text() == "150.00"
    with world.database.reading() as session:
        assert get_session(session, GetCashSession(session_id=desk.id), ravi) == before


def test_an_online_payment_moves_no_cash(
    world: World, branch: BranchCard, deepa: CustomerCard, ravi: Actor, maya: Actor
) -> None:
    open_desk(world, branch, ravi)
    void(world, world.pay(deepa, "850.00", actor=ravi, mode=PaymentMode.ONLINE, reference="U"), maya)
    desk = own(world, ravi)
    assert desk is not None and desk.expected == desk.opening


# --- without a desk ------------------------------------------------------------------------------------------
def required(world: World, branch: BranchCard) -> None:
    policy = branch.policy.model_copy(update={"cash_desk": CashDeskRule.REQUIRED})
    with world.transaction() as session:
        keep_branch(session, branch.model_copy(update={"version": 2, "policy": policy}))


def test_where_a_desk_is_required_no_cash_is_taken_beside_it(
    world: World, branch: BranchCard, deepa: CustomerCard, ravi: Actor
) -> None:
    required(world, branch)
    with pytest.raises(CashDeskRequired, match="open yours first"):
        world.pay(deepa, "850.00", actor=ravi)
    world.pay(deepa, "850.00", actor=ravi, mode=PaymentMode.ONLINE, reference="U")
    open_desk(world, branch, ravi)
    assert world.pay(deepa, "850.00", actor=ravi).mode is PaymentMode.CASH


def test_payments_beside_a_desk_belong_to_the_day_all_the_same(
    world: World, branch: BranchCard, deepa: CustomerCard, ravi: Actor
) -> None:
    world.pay(deepa, "250.00", actor=ravi)
    open_desk(world, branch, ravi)
    world.pay(deepa, "600.00", actor=ravi)
    day = sheet(world, branch, ravi)
    assert [(one.amount.decimal_text(), one.at_desk) for one in day.payments] == [
        ("250.00", False),
        ("600.00", True),
    ]
    assert [one.expected.decimal_text() for one in day.sessions] == ["1600.00"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from([PaymentMode.CASH, PaymentMode.ONLINE]), st.booleans()), max_size=4)
)
def test_a_desk_always_expects_float_plus_cash_less_voids(
    world: World, branch: BranchCard, ravi: Actor, maya: Actor, acts: list[tuple[PaymentMode, bool]]
) -> None:
    customer = world.customer(branch, crf=uuid4().hex[:8])
    world.on(2026, 11, 1)
    world.subscription(customer, world.plan(branch), date(2026, 6, 1))
    for month in range(6, 12):
        world.bill(f"2026-{month:02d}")
    desk, expected = open_desk(world, branch, ravi, "100.00"), 10000
    for mode, is_void in acts:
        payment = world.pay(
            customer, "250.00", actor=ravi, mode=mode, reference=uuid4().hex if mode == "online" else None
        )
        if is_void:
            void(world, payment, maya)
        elif mode is PaymentMode.CASH:
            expected += 25000
    seen = own(world, ravi)
    assert seen is not None and seen.expected.minor == expected
    close_desk(world, desk, ravi, "0", note="Emptied")
    assert world.balance() == 0


def test_on_postgresql_payments_and_closing_wait_for_each_other(postgres_url: str) -> None:
    database = Database(postgres_url)
    migrate(database, migrations_of("billing"), APPEND_ONLY)
    world = World(database)
    branch = world.branch()
    ravi = staff(Role.CASHIER, branch)
    payers = [world.customer(branch, crf=str(number)) for number in range(8)]
    plan = world.plan(branch)
    for payer in payers:
        world.subscription(payer, plan, date(2026, 11, 1))
    world.bill("2026-11")
    desk = open_desk(world, branch, ravi, "0")
    void(world, world.pay(payers[7], "250.00", actor=ravi), ADMIN)
    shown = sheet(world, branch, ravi)
    assert (len(shown.payments), len(shown.voids), shown.sessions[0].voids.minor) == (1, 1, 25000)
    with database.reading() as session:
        (day,) = list_day_sheets(session, ListDaySheets(branch_id=branch.id), ADMIN, world.clock).items
    assert (day.cashier_name, day.payments, day.voided.minor) == ("Cashier", 1, 25000)

    def act(number: int) -> object:
        try:
            if number == 4:
                return close_desk(world, desk, ravi, "0", note="Emptied")
            request = RecordPayment(customer_id=payers[number].id, amount="250.00", mode=PaymentMode.CASH,
                                    idempotency_key=str(number))  # fmt: skip
            return world.do(record_payment, request, ravi)
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(8)))
    assert [open_or_not(world, branch, ravi) for _ in range(3)] == [True, False, False]
    with database.reading() as session:
        row = session.get_one(CashSessionRow, desk.id)
        after = get_session(session, GetCashSession(session_id=desk.id), ravi)
    assert after.expected.minor == row.expected_minor
    database.close()


def open_or_not(world: World, branch: BranchCard, who: Actor) -> bool:
    try:
        open_desk(world, branch, who)
    except CashSessionOpen:
        return False
    return True
