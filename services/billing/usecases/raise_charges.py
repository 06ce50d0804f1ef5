"""Charge one period to a chunk of subscriptions (RULES, periods and charges).

The rows are made inside the database, so that a hundred thousand take seconds. A month is charged once: what
is
charged already is left out, and the unique index refuses what two runs might charge at the same time.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, func, insert, literal, select
from sqlalchemy.orm import Session

from billing.chargeable import (
    begun_or_stopped_within,
    chargeable_whole,
    price_on_first_day,
    served,
    was_charged,
)
from billing.domain.journal import Account, EntryKind
from billing.domain.periods import period_end
from billing.ledger import add_entry
from billing.statements import insert_for, new_uuid
from billing.tables import (
    Charge,
    JournalLineRow,
    Subscription,
)
from billing.usecases.charge_part_months import PartMonths, insert_part_months
from billing.usecases.refresh_statuses import restate
from chassis.clock import Clock
from chassis.outbox import emit
from contracts.actor import Actor
from contracts.cards import BranchCard, ChargeKind, FeeCategory, Proration
from contracts.events import ChargesRaised

CHUNK = 2000
"""Subscriptions of one chunk, which is one transaction and one journal entry."""

EVENT_CHARGES = 500
"""Charges of one event at most (RULES, periods and charges)."""

_RECURRING = ChargeKind.RECURRING.value
_USAGE = FeeCategory.USAGE.value


@dataclass(frozen=True)
class Chunk:
    """What a chunk did: how many were looked at, charged and for how much, and where the next one begins."""

    looked_at: int
    count: int
    minor: int
    cursor: UUID | None


def raise_charges(
    session: Session,
    branch: BranchCard,
    period: str,
    after: UUID | None,
    *,
    run_id: UUID,
    actor: Actor,
    clock: Clock,
) -> Chunk:
    """Charge the period to the next subscriptions of the branch after that id; `cursor` None when there
    were none.
    """
    ids = _next_ids(session, branch.id, after)
    if not ids:
        return Chunk(0, 0, 0, None)
    span = and_(Subscription.branch_id == branch.id, Subscription.id.between(ids[0], ids[-1]))
    uncharged = and_(span, ~was_charged(period))
    entry_id = uuid4()
    made: dict[str, Any] = {"entry_id": entry_id, "raised_at": clock.now()}
    charged = _insert_whole_months(session, branch, period, uncharged, made)
    if branch.policy.proration is Proration.DAILY:
        partly = _part_months(session, branch, period, uncharged)
        charged += insert_part_months(session, partly, branch, period, made)
    if charged:
        _write_entry(session, branch, entry_id, run_id, actor, clock)
        _insert_lines(session, entry_id, period, ids)
        _tell(session, branch, period, charged, clock)
        free = [row.subscription_id for row in charged if not row.amount_minor]
        restate(session, _stale(session, span, period) + free, branch, actor=actor, clock=clock)
    return Chunk(len(ids), len(charged), sum(row.amount_minor for row in charged), ids[-1])


def _write_entry(
    session: Session, branch: BranchCard, entry_id: UUID, run_id: UUID, actor: Actor, clock: Clock
) -> None:
    add_entry(
        session,
        entry_id=entry_id,
        kind=EntryKind.CHARGES,
        branch_id=branch.id,
        currency=branch.currency,
        business_date=clock.today(branch.time_zone),
        actor=actor,
        clock=clock,
        source_id=run_id,
    )


def _stale(session: Session, span: ColumnElement[bool], period: str) -> list[UUID]:
    """Subscriptions that count as paid beyond this month, which a late run has charged only now."""
    return list(
        session.scalars(select(Subscription.id).where(span, Subscription.expires_on >= period_end(period)))
    )


def preview_charges(session: Session, branch: BranchCard, period: str) -> tuple[int, int]:
    """How many charges a run would raise now, and their sum in minor units."""
    span = and_(Subscription.branch_id == branch.id, ~was_charged(period))
    whole = (
        select(price_on_first_day(session, branch.id, period).label("minor"))
        .where(span, *chargeable_whole(branch, period))
        .subquery()
    )
    count, minor = session.execute(select(func.count(), func.coalesce(func.sum(whole.c.minor), 0))).one()
    if branch.policy.proration is Proration.DAILY:
        rows = _part_months(session, branch, period, span).rows(session, period)
        count, minor = count + len(rows), minor + sum(row["amount_minor"] for row in rows)
    return int(count), int(minor)


def count_subscriptions(session: Session, branch_id: UUID) -> int:
    """How many subscriptions of the branch a run looks at."""
    statement = select(func.count()).select_from(Subscription)
    return session.scalar(statement.where(Subscription.branch_id == branch_id)) or 0


def _next_ids(session: Session, branch_id: UUID, after: UUID | None) -> list[UUID]:
    statement = select(Subscription.id).where(Subscription.branch_id == branch_id)
    if after is not None:
        statement = statement.where(Subscription.id > after)
    # On the connection, here and below: what comes back is plain, and thousands of rows need not pass the ORM.
    found = session.connection().execute(statement.order_by(Subscription.id).limit(CHUNK)).all()
    return [one for (one,) in found]


def _insert_whole_months(
    session: Session, branch: BranchCard, period: str, span: ColumnElement[bool], made: dict[str, Any]
) -> list[Any]:
    columns: dict[str, Any] = {
        "id": new_uuid(),
        "branch_id": Subscription.branch_id,
        "customer_id": Subscription.customer_id,
        "subscription_id": Subscription.id,
        "kind": literal(_RECURRING),
        "category": literal(_USAGE),
        "service": Subscription.service,
        "period": literal(period),
        "amount_minor": price_on_first_day(session, branch.id, period),
        "settled_minor": literal(0),
        "currency": Subscription.currency,
        "note": literal(""),
        "entry_id": literal(made["entry_id"], Charge.entry_id.type),
        "raised_at": literal(made["raised_at"], Charge.raised_at.type),
    }
    source = select(*(value.label(name) for name, value in columns.items())).where(
        span, *chargeable_whole(branch, period)
    )
    statement = insert_for(session, Charge).from_select(list(columns), source).on_conflict_do_nothing()
    returned = statement.returning(
        Charge.id, Charge.customer_id, Charge.subscription_id, Charge.service, Charge.amount_minor
    )
    return list(session.connection().execute(returned).all())


def _part_months(session: Session, branch: BranchCard, period: str, span: ColumnElement[bool]) -> PartMonths:
    """Subscriptions to be charged by days."""
    statement = select(
        Subscription.id,
        Subscription.branch_id,
        Subscription.customer_id,
        Subscription.service,
        Subscription.started_on,
        Subscription.currency,
        price_on_first_day(session, branch.id, period).label("price_minor"),
    ).where(span, *served(period), begun_or_stopped_within(period))
    return PartMonths(tuple(session.execute(statement)), branch.policy.proration)


def _insert_lines(session: Session, entry_id: UUID, period: str, ids: list[UUID]) -> None:
    """A receivable line for each charge of the entry, and a revenue line for each service."""
    of_entry = and_(
        Charge.kind == _RECURRING,
        Charge.period == period,
        Charge.subscription_id >= ids[0],
        Charge.subscription_id <= ids[-1],
        Charge.entry_id == entry_id,
    )
    names = ["entry_id", "line", "account", "amount_minor", "customer_id", "charge_id", "service", "category"]
    position = func.row_number().over(order_by=Charge.subscription_id)
    owed = select(
        Charge.entry_id,
        position,
        literal(Account.RECEIVABLE.value),
        Charge.amount_minor,
        Charge.customer_id,
        Charge.id,
        Charge.service,
        Charge.category,
    ).where(of_entry)
    session.execute(insert(JournalLineRow).from_select(names, owed))
    earned = (
        select(
            Charge.entry_id,
            len(ids) + func.row_number().over(order_by=Charge.service),
            literal(Account.REVENUE.value),
            -func.sum(Charge.amount_minor),
            Charge.service,
            Charge.category,
        )
        .where(of_entry)
        .group_by(Charge.entry_id, Charge.service, Charge.category)
    )
    session.execute(insert(JournalLineRow).from_select([*names[:4], *names[6:]], earned))


def _tell(session: Session, branch: BranchCard, period: str, charged: list[Any], clock: Clock) -> None:
    same = {"kind": _RECURRING, "category": _USAGE, "period": period}
    for first in range(0, len(charged), EVENT_CHARGES):
        some = charged[first : first + EVENT_CHARGES]
        charges = [dict(zip(row._fields, row, strict=True), **same) for row in some]
        told = {"branch_id": branch.id, "currency": branch.currency, "charges": charges}
        emit(session, ChargesRaised.model_validate(told), clock)
