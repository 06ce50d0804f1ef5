"""Remind a chunk of customers of what they owe: one DuesOutstanding per customer and business date."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.copies import KnownBranch
from billing.debtors import Choice, due
from billing.domain.reminding import stage_of
from billing.statements import insert_for
from billing.tables import Charge, CustomerCopy, Reminder
from billing.usecases.raise_charges import Chunk
from chassis.clock import Clock
from chassis.outbox import emit
from contracts.cards import CustomerCard, Service
from contracts.events import DuesOutstanding, PendingMonth
from contracts.money import Money, total

CHUNK = 200


def remind_customers(
    session: Session, branch: KnownBranch, after: UUID | None, choice: Choice, *, run_id: UUID, clock: Clock
) -> Chunk:
    """Remind the next chosen customers of the branch who owe something that is due and may be reminded; whoever was
    reminded today is left out.
    """
    today = branch.today(clock)
    statement = select(CustomerCopy.id, CustomerCopy.card).where(*choice.may_be_reminded(branch, today))
    if after is not None:
        statement = statement.where(CustomerCopy.id > after)
    owing = session.execute(statement.order_by(CustomerCopy.id).limit(CHUNK)).all()
    if not owing:
        return Chunk(0, 0, 0, None)
    pending = _pending(session, [row.id for row in owing], branch.currency, today)
    events = [
        _reminder(CustomerCard.model_validate(row.card), branch, pending[row.id], today) for row in owing
    ]
    fresh = _first_today(session, events, run_id)
    for event in events:
        if event.customer.id in fresh:
            emit(session, event, clock)
    reminded = sum(event.total.minor for event in events if event.customer.id in fresh)
    return Chunk(len(owing), len(fresh), reminded, owing[-1].id)


def count_to_remind(session: Session, branch: KnownBranch, choice: Choice, today: date) -> int:
    """How many customers of the branch a run with this choice would remind."""
    wanted = select(func.count()).select_from(CustomerCopy).where(*choice.may_be_reminded(branch, today))
    return session.scalar(wanted) or 0


def reminder_of(
    session: Session, customer: CustomerCard, branch: KnownBranch, clock: Clock
) -> DuesOutstanding | None:
    """The reminder that the customer would get now; None when nothing is due."""
    today = branch.today(clock)
    months = _pending(session, [customer.id], branch.currency, today).get(customer.id)
    return _reminder(customer, branch, months, today) if months else None


def _reminder(
    customer: CustomerCard, branch: KnownBranch, months: Sequence[PendingMonth], today: date
) -> DuesOutstanding:
    oldest = min(month.period for month in months)
    return DuesOutstanding(
        customer=customer,
        branch=branch.card,
        business_date=today,
        total=total((month.open for month in months), branch.currency),
        months=tuple(months),
        stage=stage_of(branch.card.policy.reminder_stages, oldest, today),
    )


def _pending(
    session: Session, customer_ids: Sequence[UUID], currency: str, today: date
) -> dict[UUID, list[PendingMonth]]:
    opened = func.sum(Charge.amount_minor - Charge.settled_minor)
    rows = session.execute(
        select(Charge.customer_id, Charge.period, Charge.service, opened)
        .where(Charge.customer_id.in_(list(customer_ids)), *due(currency, today))
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


def _first_today(session: Session, events: Sequence[DuesOutstanding], run_id: UUID) -> set[UUID]:
    rows = [
        {
            "customer_id": event.customer.id,
            "business_date": event.business_date,
            "run_id": run_id,
            "total_minor": event.total.minor,
            "currency": event.total.currency,
            "stage": event.stage.value if event.stage else None,
        }
        for event in events
    ]
    statement = insert_for(session, Reminder).values(rows).on_conflict_do_nothing()
    return set(session.scalars(statement.returning(Reminder.customer_id)))
