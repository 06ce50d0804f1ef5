"""Small steps at a cash desk, for tests."""

from datetime import date

from billing.queries.cash import get_own_session
from billing.queries.day_sheets import get_day_sheet
from billing.usecases.close_cash_session import close_cash_session
from billing.usecases.open_cash_session import open_cash_session
from billing.usecases.void_payment import void_payment
from contracts.actor import Actor
from contracts.calls.billing import PaymentRecorded, VoidPayment
from contracts.calls.cash import (
    CashSession,
    CloseCashSession,
    DaySheet,
    GetDaySheet,
    GetOwnCashSession,
    OpenCashSession,
)
from contracts.cards import BranchCard
from tests.unit.billing.builders import World


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
