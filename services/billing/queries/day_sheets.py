"""The day sheet of a cashier, and the cashiers of a branch's day; they cost what was taken on that day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, aliased

from billing.cash import PAYMENT, VOID, views
from billing.copies import find_branch
from billing.tables import CashLine, CashSessionRow, CustomerCopy, Payment, PaymentVoid
from chassis.clock import Clock
from contracts.actor import Actor, Right
from contracts.calls.cash import (
    CashierDay,
    CashierDays,
    CashSession,
    DaySheet,
    GetDaySheet,
    ListDaySheets,
    SheetPayment,
    SheetTotal,
    SheetVoid,
)
from contracts.cards import PaymentMode, Service
from contracts.money import Money

_TAKER = Payment.answer["received_by"].as_string()


def get_day_sheet(session: Session, request: GetDaySheet, actor: Actor, clock: Clock) -> DaySheet:
    """Everything that the cashier took and handed back on the day, at a desk or beside one.

    Raises NotFound, Forbidden for a colleague's sheet without the right to see it.
    """
    branch = find_branch(session, request.branch_id, actor)
    actor.require(Right.TAKE_PAYMENTS)
    cashier = request.cashier or actor.subject
    if cashier != actor.subject:
        actor.require(Right.MAKE_REPORTS)
    today = branch.today(clock)
    day = request.day or today
    taken, reversed_ = _taken(session, branch.id, day, cashier), _voided(session, branch.id, day, cashier)
    desks = views(session, session.scalars(_desks(branch.id, day).where(CashSessionRow.cashier == cashier)))
    names = [actor.name] if cashier == actor.subject else []
    names += [desk.cashier_name for desk in desks] + [row.answer["received_by"] for row in taken]
    return DaySheet(
        branch_id=branch.id,
        branch_name=branch.card.name,
        time_zone=branch.card.time_zone,
        currency=branch.currency,
        day=day,
        today=today,
        cashier=cashier,
        cashier_name=names[0] if names else "",
        payments=tuple(_payment(row) for row in taken),
        voids=tuple(_void(row) for row in reversed_),
        totals=_totals(taken, reversed_, branch.currency),
        sessions=desks,
        as_of=clock.now(),
    )


def list_day_sheets(session: Session, request: ListDaySheets, actor: Actor, clock: Clock) -> CashierDays:
    """Who took payments or had a desk open in the branch on the day. Raises NotFound, Forbidden."""
    branch = find_branch(session, request.branch_id, actor)
    actor.require(Right.MAKE_REPORTS)
    day = request.day or branch.today(clock)
    desks: dict[str, list[CashSession]] = defaultdict(list)
    for desk in views(session, session.scalars(_desks(branch.id, day))):
        desks[desk.cashier].append(desk)
    sums = {row.caller: row for row in session.execute(_sums(branch.id, day))}
    items = [
        _cashier_day(cashier, sums.get(cashier), desks.get(cashier, []), branch.currency)
        for cashier in {*sums, *desks}
    ]
    return CashierDays(
        branch_id=branch.id,
        day=day,
        items=tuple(sorted(items, key=lambda one: (one.cashier_name, one.cashier))),
    )


def _desks(branch_id: Any, day: date) -> Any:
    return (
        select(CashSessionRow)
        .where(CashSessionRow.branch_id == branch_id, CashSessionRow.business_date == day)
        .order_by(CashSessionRow.opened_at, CashSessionRow.id)
    )


_customer = (
    CustomerCopy.card["crf"].as_string().label("crf"),
    CustomerCopy.card["name"].as_string().label("customer_name"),
)


def _taken(session: Session, branch_id: Any, day: date, cashier: str) -> Sequence[Any]:
    at_desk = and_(CashLine.payment_id == Payment.id, CashLine.kind == PAYMENT)
    return session.execute(
        select(Payment.answer, Payment.paid_at, PaymentVoid.voided_on, CashLine.session_id, *_customer)
        .outerjoin(PaymentVoid, PaymentVoid.payment_id == Payment.id)
        .outerjoin(CashLine, at_desk)
        .outerjoin(CustomerCopy, CustomerCopy.id == Payment.customer_id)
        .where(Payment.branch_id == branch_id, Payment.paid_on == day, Payment.caller == cashier)
        .order_by(Payment.paid_at, func.length(Payment.number), Payment.number)
    ).all()


def _voided(session: Session, branch_id: Any, day: date, cashier: str) -> Sequence[Any]:
    """Voids of the day that are this cashier's: handed back at their desk, else of what they took on the same day,
    else made by them.
    """
    desk = aliased(CashSessionRow)
    same_day = case((Payment.paid_on == PaymentVoid.voided_on, Payment.caller), else_=PaymentVoid.voided_by)
    return session.execute(
        select(Payment.answer, PaymentVoid.reason, *_customer)
        .join(Payment, Payment.id == PaymentVoid.payment_id)
        .outerjoin(CashLine, and_(CashLine.payment_id == Payment.id, CashLine.kind == VOID))
        .outerjoin(desk, desk.id == CashLine.session_id)
        .outerjoin(CustomerCopy, CustomerCopy.id == Payment.customer_id)
        .where(PaymentVoid.voided_on == day, Payment.branch_id == branch_id)
        .where(func.coalesce(desk.cashier, same_day) == cashier)
        .order_by(PaymentVoid.voided_at, Payment.id)
    ).all()


def _sums(branch_id: Any, day: date) -> Any:
    def amount(condition: Any) -> Any:
        return func.coalesce(func.sum(case((condition, Payment.amount_minor), else_=0)), 0)

    return (
        select(
            Payment.caller,
            func.max(_TAKER).label("name"),
            func.count().label("number"),
            amount(Payment.mode == PaymentMode.CASH.value).label("cash"),
            amount(Payment.mode == PaymentMode.ONLINE.value).label("online"),
            amount(PaymentVoid.payment_id.is_not(None)).label("voided"),
        )
        .outerjoin(PaymentVoid, PaymentVoid.payment_id == Payment.id)
        .where(Payment.branch_id == branch_id, Payment.paid_on == day)
        .group_by(Payment.caller)
    )


def _cashier_day(cashier: str, row: Any, desks: list[CashSession], currency: str) -> CashierDay:
    def money(name: str) -> Money:
        return Money.of(int(getattr(row, name)) if row is not None else 0, currency)

    return CashierDay(
        cashier=cashier,
        cashier_name=row.name if row is not None else desks[0].cashier_name,
        payments=row.number if row is not None else 0,
        cash=money("cash"),
        online=money("online"),
        voided=money("voided"),
        sessions=tuple(desks),
    )


def _payment(row: Any) -> SheetPayment:
    answer = row.answer
    return SheetPayment(
        **{
            name: answer[name]
            for name in ("payment_number", "invoice_number", "customer_id", "mode", "reference")
        },
        crf=row.crf or "",
        customer_name=row.customer_name or "",
        amount=Money.model_validate(answer["amount"]),
        paid_at=row.paid_at,
        voided_on=row.voided_on,
        at_desk=row.session_id is not None,
    )


def _void(row: Any) -> SheetVoid:
    answer = row.answer
    return SheetVoid(
        **{name: answer[name] for name in ("payment_number", "customer_id", "mode", "paid_on")},
        crf=row.crf or "",
        customer_name=row.customer_name or "",
        amount=Money.model_validate(answer["amount"]),
        reason=row.reason,
    )


def _totals(taken: Iterable[Any], reversed_: Iterable[Any], currency: str) -> tuple[SheetTotal, ...]:
    """By mode and service, cash first, cable TV before broadband before the rest."""
    sums: dict[tuple[str, str | None], list[int]] = defaultdict(lambda: [0, 0])
    for column, rows in enumerate((taken, reversed_)):
        for row in rows:
            for part in row.answer["allocations"]:
                sums[row.answer["mode"], part["service"]][column] += part["amount"]["minor"]
    services = [*(service.value for service in Service), None]
    return tuple(
        SheetTotal(
            mode=PaymentMode(mode),
            service=Service(service) if service else None,
            taken=Money.of(into, currency),
            voided=Money.of(out, currency),
        )
        for (mode, service), (into, out) in sorted(
            sums.items(), key=lambda one: (one[0][0], services.index(one[0][1]))
        )
    )
