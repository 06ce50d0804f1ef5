"""The day sheet of each cashier, and who sees which desk and sheet."""

from datetime import date

import pytest

from billing.queries.cash import get_session
from billing.queries.day_sheets import list_day_sheets
from contracts.actor import Actor, Role
from contracts.calls.cash import (
    GetCashSession,
    ListDaySheets,
)
from contracts.cards import BranchCard, CustomerCard, PaymentMode, Service
from contracts.errors import Forbidden, NotFound
from tests.unit.billing.builders import World, customer_actor, staff
from tests.unit.billing.desks import close_desk, open_desk, sheet, void


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
