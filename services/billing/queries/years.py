"""A customer's year: each month of each subscription, and the fees, with the payments that settled them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, literal_column, or_, select
from sqlalchemy.orm import Session

from billing.copies import find_customer
from billing.domain.periods import periods_between
from billing.tables import AllocationRow, Charge, Payment, PaymentVoid, Plan, Subscription
from chassis.clock import Clock
from contracts.actor import Actor, Right
from contracts.calls.years import GetYear, MonthState, PaidPart, YearFee, YearMonth, YearRow, YearView
from contracts.cards import ChargeKind, FeeCategory, PaymentMode, Service, SubscriptionStatus
from contracts.fields import period_of
from contracts.money import Money, total

Parts = dict[UUID, list[PaidPart]]


def get_year(session: Session, request: GetYear, actor: Actor, clock: Clock) -> YearView:
    """The months of one year; it costs what the one customer has. Raises NotFound, Forbidden."""
    customer = find_customer(session, request.customer_id, actor)
    actor.require(Right.SEE_MONEY)
    today = customer.branch.today(clock)
    year = request.year or today.year
    lines = _lines(session, customer.id)
    charges = _charges(session, customer.id, [one.id for one in lines], year)
    parts = _parts(session, [charge.id for charge in charges])
    months = {(charge.subscription_id, charge.period): charge for charge in charges if _is_month(charge)}
    fees = [charge for charge in charges if not _is_month(charge)]
    currency = customer.branch.currency
    return YearView(
        customer_id=customer.id,
        year=year,
        this_period=period_of(today),
        rows=tuple(_row(one, year, months, parts) for one in lines if _belongs(one, year, months)),
        fees=tuple(_fee(charge, parts) for charge in fees),
        charged=total((_money(charge, charge.amount_minor) for charge in charges), currency),
        paid=total((_money(charge, charge.settled_minor) for charge in charges), currency),
        open=total(
            (_money(charge, charge.amount_minor - charge.settled_minor) for charge in charges), currency
        ),
    )


def _lines(session: Session, customer_id: UUID) -> Sequence[Any]:
    return session.execute(
        select(
            Subscription.id, Subscription.service, Subscription.status, Subscription.started_on,
            Subscription.closed_on, Plan.name.label("plan_name"),
        )
        .join(Plan, Plan.id == Subscription.plan_id)
        .where(Subscription.customer_id == customer_id)
        .order_by(Subscription.service.desc(), Subscription.started_on, Subscription.id)
    ).all()  # fmt: skip


def _charges(session: Session, customer_id: UUID, lines: list[UUID], year: int) -> Sequence[Any]:
    """Months are found by their subscriptions and fees by the customer: there is an index for each."""
    recurring = and_(
        Charge.kind == literal_column(f"'{ChargeKind.RECURRING.value}'"), Charge.subscription_id.in_(lines)
    )
    fee = and_(Charge.kind == literal_column(f"'{ChargeKind.FEE.value}'"), Charge.customer_id == customer_id)
    return session.execute(
        select(Charge.__table__)
        .where(or_(recurring, fee), Charge.period.between(f"{year:04d}-01", f"{year:04d}-12"))
        .order_by(Charge.period, Charge.raised_at, Charge.id)
    ).all()


def _parts(session: Session, charge_ids: list[UUID]) -> Parts:
    """By charge what payments that stand settled, oldest first."""
    rows = session.execute(
        select(AllocationRow.charge_id, AllocationRow.amount_minor, Payment.currency, Payment.answer)
        .join(Payment, Payment.id == AllocationRow.payment_id)
        .outerjoin(PaymentVoid, PaymentVoid.payment_id == Payment.id)
        .where(AllocationRow.charge_id.in_(charge_ids), PaymentVoid.payment_id.is_(None))
        .order_by(Payment.paid_at, Payment.id)
    )
    parts: Parts = defaultdict(list)
    for row in rows:
        parts[row.charge_id].append(
            PaidPart(
                payment_number=row.answer["payment_number"],
                invoice_number=row.answer["invoice_number"],
                paid_on=date.fromisoformat(row.answer["paid_on"]),
                mode=PaymentMode(row.answer["mode"]),
                reference=row.answer["reference"],
                received_by=row.answer["received_by"],
                amount=Money.of(row.amount_minor, row.currency),
            )
        )
    return parts


def _is_month(charge: Any) -> bool:
    return bool(charge.kind == ChargeKind.RECURRING.value)


def _belongs(line: Any, year: int, months: dict[tuple[UUID, str], Any]) -> bool:
    """Whether the subscription was there in the year, or was charged for it all the same."""
    if any(subscription_id == line.id for subscription_id, _ in months):
        return True
    closed_before = line.closed_on is not None and line.closed_on.year < year
    return line.started_on.year <= year and not closed_before


def _row(line: Any, year: int, months: dict[tuple[UUID, str], Any], parts: Parts) -> YearRow:
    periods = periods_between(f"{year:04d}-01", f"{year:04d}-12")
    return YearRow(
        subscription_id=line.id,
        service=Service(line.service),
        plan_name=line.plan_name,
        status=SubscriptionStatus(line.status),
        months=tuple(_month(period, months.get((line.id, period)), parts) for period in periods),
    )


def _fee(charge: Any, parts: Parts) -> YearFee:
    return YearFee(
        charge_id=charge.id,
        category=FeeCategory(charge.category),
        service=Service(charge.service) if charge.service else None,
        note=charge.note,
        month=_month(charge.period, charge, parts),
    )


def _month(period: str, charge: Any, parts: Parts) -> YearMonth:
    if charge is None:
        return YearMonth(
            period=period, state=MonthState.NOT_CHARGED, amount=None, open=None, before_import=None, parts=()
        )
    paid = parts.get(charge.id, [])
    before = charge.settled_minor - sum(part.amount.minor for part in paid)
    return YearMonth(
        period=period,
        state=_state(charge),
        amount=_money(charge, charge.amount_minor),
        open=_money(charge, charge.amount_minor - charge.settled_minor),
        before_import=_money(charge, before) if before else None,
        parts=tuple(paid),
    )


def _state(charge: Any) -> MonthState:
    if charge.settled_minor >= charge.amount_minor:
        return MonthState.PAID
    return MonthState.PART_PAID if charge.settled_minor else MonthState.OPEN


def _money(charge: Any, minor: int) -> Money:
    return Money.of(minor, charge.currency)
