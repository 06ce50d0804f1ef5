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
from billing.queries.cash import get_own_session, get_session
from billing.queries.day_sheets import get_day_sheet, list_day_sheets
from billing.tables import CashSessionRow, JournalEntry, JournalLineRow
from billing.triggers import APPEND_ONLY
from billing.usecases.close_cash_session import close_cash_session
from billing.usecases.keep_customer import keep_branch
from billing.usecases.open_cash_session import open_cash_session
from billing.usecases.record_payment import record_payment
from billing.usecases.void_payment import void_payment
from chassis.database import Database
from chassis.migrations import migrate, migrations_of
from contracts.actor import Actor, Role
from contracts.calls.billing import PaymentRecorded, RecordPayment, VoidPayment
from contracts.calls.cash import (
    CashSession,
    CloseCashSession,
    DaySheet,
    GetCashSession,
    GetDaySheet,
    GetOwnCashSession,
    ListDaySheets,
    OpenCashSession,
)
from contracts.cards import BranchCard, CashDeskRule, CustomerCard, PaymentMode, Service
from contracts.errors import Forbidden, NotFound, Refusal
from tests.unit.billing.builders import ADMIN, World, customer_actor, staff


@pytest.fixture
def ravi(branch: BranchCard) -> Actor:
    """A cashier of the branch."""
    return staff(Role.CASHIER, branch).model_copy(update={"subject": "staff:ravi", "name": "Ravi"})


@pytest.fixture
def maya(branch: BranchCard) -> Actor:
    """Its manager."""
    return staff(Role.MANAGER, branch).model_copy(update={"subject": "staff:maya", "name": "Maya"})


def open_desk(world: World, branch: BranchCard, who: Actor, opening: str = "1000.00") -> CashSession:
    return world.do(open_cash_session, OpenCashSession(branch_id=branch.id, opening=opening), who)


def close_desk(world: World, desk: CashSession, who: Actor, counted: str, **more: str) -> CashSession:
    return world.do(close_cash_session, CloseCashSession(session_id=desk.id, counted=counted, **more), who)


def void(world: World, payment: PaymentRecorded, who: Actor) -> PaymentRecorded:
    return world.do(void_payment, VoidPayment(payment_number=payment.payment_number, reason="A mistake"), who)


def own(world: World, who: Actor) -> CashSession | None:
    with world.database.reading() as session:
        return get_own_session(session, GetOwnCashSession(), who).session


def sheet(
    world: World, branch: BranchCard, who: Actor, cashier: str | None = None, day: date | None = None
) -> DaySheet:
    with world.database.reading() as session:
        return get_day_sheet(
            session, GetDaySheet(branch_id=branch.id, cashier=cashier, day=day), who, world.clock
        )


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


# --- the day sheet -------------------------------------------------------------------------------------------
def test_a_day_sheet_names_each_payment_and_sums_by_mode_and_service(
    world: World, branch: BranchCard, deepa: CustomerCard, ravi: Actor, maya: Actor
) -> None:
    world.pay(deepa, "850.00", actor=ravi)
    online = world.pay(deepa, "300.00", actor=ravi, mode=PaymentMode.ONLINE, reference="UPI1")
    void(world, online, maya)
    day = sheet(world, branch, ravi)
    assert [(one.crf, one.customer_name, one.reference) for one in day.payments] == [
        ("101", "Deepa Kumar", None), ("101", "Deepa Kumar", "UPI1"),
    ]  # fmt: skip
    assert [one.voided_on for one in day.payments] == [None, date(2026, 11, 21)]
    assert [(one.payment_number, one.reason) for one in day.voids] == [(online.payment_number, "A mistake")]
    assert [
        (one.mode, one.service, one.taken.decimal_text(), one.voided.decimal_text()) for one in day.totals
    ] == [
        (PaymentMode.CASH, Service.CABLE_TV, "250.00", "0.00"),
        (PaymentMode.CASH, Service.BROADBAND, "600.00", "0.00"),
        (PaymentMode.ONLINE, Service.CABLE_TV, "250.00", "250.00"),
        (PaymentMode.ONLINE, Service.BROADBAND, "50.00", "50.00"),
    ]
    assert (day.cashier_name, day.branch_name, day.day) == ("Ravi", "Main", date(2026, 11, 21))


def test_a_void_on_a_later_day_is_on_the_sheet_of_who_made_it(
    world: World, branch: BranchCard, deepa: CustomerCard, ravi: Actor, maya: Actor
) -> None:
    payment = world.pay(deepa, "850.00", actor=ravi)
    void(world.on(2026, 11, 22), payment, maya)
    assert sheet(world, branch, ravi, day=date(2026, 11, 21)).voids == ()
    assert sheet(world, branch, ravi, day=date(2026, 11, 21)).payments[0].voided_on == date(2026, 11, 22)
    assert sheet(world, branch, ravi).voids == ()
    assert [one.payment_number for one in sheet(world, branch, maya).voids] == [payment.payment_number]


def test_managers_see_all_cashiers_of_a_day(
    world: World, branch: BranchCard, deepa: CustomerCard, ravi: Actor, maya: Actor
) -> None:
    void(world, world.pay(deepa, "250.00", actor=ravi), maya)
    world.pay(deepa, "850.00", actor=ravi)
    open_desk(world, branch, maya)
    with world.database.reading() as session:
        found = list_day_sheets(session, ListDaySheets(branch_id=branch.id), maya, world.clock).items
    assert [(one.cashier_name, one.payments, one.cash.decimal_text(), one.voided.decimal_text(), len(one.sessions))
            for one in found] == [("Maya", 0, "0.00", "0.00", 1), ("Ravi", 2, "1100.00", "250.00", 0)]  # fmt: skip
    assert sheet(world, branch, maya, "staff:ravi").cashier_name == "Ravi"


def test_who_sees_which_desk_and_sheet(
    world: World, branch: BranchCard, deepa: CustomerCard, ravi: Actor, maya: Actor
) -> None:
    desk = open_desk(world, branch, ravi)
    colleague = ravi.model_copy(update={"subject": "staff:other"})
    elsewhere = staff(Role.MANAGER, world.branch("EAST"))
    with world.database.reading() as session:
        ask = GetCashSession(session_id=desk.id)
        assert get_session(session, ask, maya).id == desk.id
        with pytest.raises(Forbidden):
            get_session(session, ask, colleague)
        for actor in (elsewhere, customer_actor(deepa)):
            with pytest.raises(NotFound):
                get_session(session, ask, actor)
        for actor in (colleague, staff(Role.SUPPORT, branch)):
            with pytest.raises(Forbidden):
                list_day_sheets(session, ListDaySheets(branch_id=branch.id), actor, world.clock)
    with pytest.raises(Forbidden):
        sheet(world, branch, colleague, "staff:ravi")
    for actor in (staff(Role.SUPPORT, branch), staff(Role.TECHNICIAN, branch)):
        with pytest.raises(Forbidden):
            sheet(world, branch, actor)
        with pytest.raises(Forbidden):
            open_desk(world, branch, actor)
    with pytest.raises(NotFound):
        sheet(world, branch, elsewhere)
    with pytest.raises(Forbidden):
        close_desk(world, desk, colleague, "1000.00")
    assert close_desk(world, desk, maya, "1000.00").closed_by == "Maya"


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
