"""Remind a chunk of customers of what they owe: one DuesOutstanding per customer and business date."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from billing.copies import KnownBranch
from billing.statements import insert_for
from billing.tables import Charge, CustomerCopy, Reminder
from billing.usecases.raise_charges import Chunk
from chassis.clock import Clock
from chassis.outbox import emit
from contracts.cards import CustomerCard, Service
from contracts.events import DuesOutstanding, PendingMonth
from contracts.fields import period_of
from contracts.money import Money, total

CHUNK = 200


def remind_customers(
    session: Session, branch: KnownBranch, after: UUID | None, *, run_id: UUID, clock: Clock
) -> Chunk:
    """Remind the next customers of the branch who owe something that is due; whoever was reminded today is
    left out.
    """
    today = branch.today(clock)
    statement = select(CustomerCopy.id, CustomerCopy.card).where(*_owing(branch, today))
    if after is not None:
        statement = statement.where(CustomerCopy.id > after)
    owing = session.execute(statement.order_by(CustomerCopy.id).limit(CHUNK)).all()
    if not owing:
        return Chunk(0, 0, 0, None)
    pending = _pending(session, [row.id for row in owing], branch.currency, today)
    sums = {one: total((month.open for month in months), branch.currency) for one, months in pending.items()}
    fresh = _first_today(session, sums, run_id, today)
    for row in owing:
        if row.id in fresh:
            event = DuesOutstanding(
                customer=CustomerCard.model_validate(row.card),
                branch=branch.card,
                business_date=today,
                total=sums[row.id],
                months=tuple(pending[row.id]),
            )
            emit(session, event, clock)
    reminded = sum(sums[one].minor for one in fresh)
    return Chunk(len(owing), len(fresh), reminded, owing[-1].id)


def count_to_remind(session: Session, branch: KnownBranch, today: date) -> int:
    """How many customers of the branch owe something that is due."""
    return session.scalar(select(func.count()).select_from(CustomerCopy).where(*_owing(branch, today))) or 0


def _due(branch_currency: str, today: date) -> list[ColumnElement[bool]]:
    """A charge is due from the first day of its period; one raised ahead is not reminded of yet."""
    return [
        Charge.settled_minor < Charge.amount_minor,
        Charge.period <= period_of(today),
        Charge.currency == branch_currency,
    ]


def _owing(branch: KnownBranch, today: date) -> list[ColumnElement[bool]]:
    due = exists().where(Charge.customer_id == CustomerCopy.id, *_due(branch.currency, today))
    return [CustomerCopy.branch_id == branch.id, due]


def _pending(
    session: Session, customer_ids: Sequence[UUID], currency: str, today: date
) -> dict[UUID, list[PendingMonth]]:
    opened = func.sum(Charge.amount_minor - Charge.settled_minor)
    rows = session.execute(
        select(Charge.customer_id, Charge.period, Charge.service, opened)
        .where(Charge.customer_id.in_(list(customer_ids)), *_due(currency, today))
        .group_by(Charge.customer_id, Charge.period, Charge.service)
        .order_by(Charge.customer_id, Charge.period, Charge.service.desc())
    )
    months: dict[UUID, list[PendingMonth]] = defaultdict(list)
    for customer_id, period, service, minor in rows:
        named = Service(service) if service else None
        months[customer_id].append(
            PendingMonth(service=named, period=period, open=Money.of(int(minor), currency))
        )
    return months


def _first_today(session: Session, sums: dict[UUID, Money], run_id: UUID, today: date) -> set[UUID]:
    rows = [
        {
            "customer_id": one,
            "business_date": today,
            "run_id": run_id,
            "total_minor": owed.minor,
            "currency": owed.currency,
        }
        for one, owed in sums.items()
    ]
    statement = insert_for(session, Reminder).values(rows).on_conflict_do_nothing()
    return set(session.scalars(statement.returning(Reminder.customer_id)))
