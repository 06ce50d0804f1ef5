"""Take over subscriptions from another program, chunk by chunk, under ids that are the same at every attempt.

Nothing that an import brought is billable before complete_import. Months that were charged before come with
them:
paid ones settled against the opening balance, the others open.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from billing.copies import KnownBranch, find_branch
from billing.domain.expiry import ChargedMonth, expiry, status_by_date
from billing.domain.periods import day_before
from billing.domain.refusals import ImportBroken
from billing.standing import move_row, standings
from billing.statements import insert_for
from billing.tables import CustomerCopy, Import, Plan, Subscription, SubscriptionMove, SubscriptionStop
from billing.usecases.raise_opening_charges import OpeningMonth, raise_opening_charges
from chassis.audit import about
from chassis.clock import Clock
from chassis.outbox import emit
from contracts.actor import Actor, Right
from contracts.cards import SubscriptionStatus
from contracts.events import SubscriptionChanged
from contracts.fields import Line, Period, period_of, period_start


class MonthRow(BaseModel):
    """A month that the program before charged, settled or open as a whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    period: Period
    amount_minor: Annotated[int, Field(ge=0)]
    settled: bool


class SubscriptionRow(BaseModel):
    """One subscription of an import. The same `id` is the same subscription, at every attempt.

    `status` is set for stopped and closed ones; charges and dates give the others. The customer's copy must
    be here
    before (keep_customer). `price_minor` None: the plan's price holds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID
    customer_id: UUID
    plan_id: UUID
    price_minor: Annotated[int, Field(ge=0)] | None = None
    started_on: date
    billed_from: Period
    status: SubscriptionStatus | None = None
    closed_on: date | None = None
    months: tuple[MonthRow, ...] = ()

    def opening_expires_on(self) -> date:
        """The expiry while nothing is settled here: an import that starts later says that all before was
        settled.
        """
        if self.months or self.billed_from <= period_of(self.started_on):
            return self.started_on
        return day_before(self.billed_from)


class ImportedChunk(BaseModel):
    """How many rows of a chunk were written, and how many were there already."""

    added: int
    kept: int


def open_import(session: Session, import_id: UUID, source: Line, actor: Actor, clock: Clock) -> bool:
    """Begin an import, or go on with it. True when it is complete already. Raises Forbidden."""
    actor.require(Right.MANAGE_BRANCHES)
    row = {"id": import_id, "source": source, "started_by": actor.subject, "started_at": clock.now()}
    session.execute(insert_for(session, Import).values(**row).on_conflict_do_nothing())
    return session.scalar(select(Import.completed_at).where(Import.id == import_id)) is not None


def import_subscriptions(
    session: Session, import_id: UUID, rows: Sequence[SubscriptionRow], actor: Actor, clock: Clock
) -> ImportedChunk:
    """Write the subscriptions of an open import that are not there yet, with their months.

    What is there stays as it is. Raises Forbidden, ImportBroken for an unknown customer or plan.
    """
    actor.require(Right.MANAGE_BRANCHES)
    present = set(
        session.scalars(select(Subscription.id).where(Subscription.id.in_([row.id for row in rows])))
    )
    fresh = [row for row in rows if row.id not in present]
    if not fresh:
        return ImportedChunk(added=0, kept=len(present))
    plans = _plans(session, fresh)
    _require_customers(session, fresh)
    branches = {one: find_branch(session, one) for one in sorted({plan.branch_id for plan in plans.values()})}
    made: list[dict[str, Any]] = []
    for row in fresh:
        plan = plans[row.plan_id]
        made.append(_subscription(row, plan, branches[plan.branch_id], import_id, clock))
    session.execute(insert(Subscription), made)
    _write_history(session, fresh, plans, branches, actor, clock)
    for branch_id, branch in branches.items():
        mine = [row for row in fresh if plans[row.plan_id].branch_id == branch_id]
        raise_opening_charges(session, branch, _months(mine, plans), import_id, actor, clock)
    for one in standings(session, [row.id for row in fresh]):
        emit(session, SubscriptionChanged(subscription=one.state(), imported=True), clock)
    for branch_id in branches:
        added = sum(plans[row.plan_id].branch_id == branch_id for row in fresh)
        about(session, "subscriptions", import_id, branch_id=branch_id, added=added)
    return ImportedChunk(added=len(fresh), kept=len(present))


def _plans(session: Session, rows: Sequence[SubscriptionRow]) -> dict[UUID, Plan]:
    ids = {row.plan_id for row in rows}
    plans = {plan.id: plan for plan in session.scalars(select(Plan).where(Plan.id.in_(ids)))}
    if missing := ids - plans.keys():
        raise ImportBroken(f"There is no plan {min(missing)}; add the plans of the import first.")
    return plans


def _require_customers(session: Session, rows: Sequence[SubscriptionRow]) -> None:
    ids = {row.customer_id for row in rows}
    known = set(session.scalars(select(CustomerCopy.id).where(CustomerCopy.id.in_(ids))))
    if missing := ids - known:
        raise ImportBroken(f"There is no customer {min(missing)}; bring the customers of the import first.")


def _subscription(
    row: SubscriptionRow, plan: Plan, branch: KnownBranch, import_id: UUID, clock: Clock
) -> dict[str, Any]:
    months = [ChargedMonth(month.period, month.settled or not month.amount_minor) for month in row.months]
    expires_on = expiry(months, row.opening_expires_on())
    status = row.status or status_by_date(
        expires_on,
        branch.today(clock),
        branch.expiry_policy,
        charged=bool(months),
        something_open=not all(month.settled for month in months),
    )
    return {
        "id": row.id,
        "customer_id": row.customer_id,
        "branch_id": plan.branch_id,
        "plan_id": plan.id,
        "service": plan.service,
        "price_minor": row.price_minor,
        "currency": plan.currency,
        "status": status.value,
        "started_on": row.started_on,
        "billed_from": row.billed_from,
        "expires_on": expires_on,
        "opening_expires_on": row.opening_expires_on(),
        "closed_on": _stopped_on(row) if status is SubscriptionStatus.CLOSED else None,
        "version": 1,
        "import_id": import_id,
        "created_at": clock.now(),
    }


def _stopped_on(row: SubscriptionRow) -> date:
    """The first day without service; not told, it is the first day that a run could charge."""
    return row.closed_on or period_start(row.billed_from)


def _write_history(
    session: Session,
    rows: Sequence[SubscriptionRow],
    plans: dict[UUID, Plan],
    branches: dict[UUID, KnownBranch],
    actor: Actor,
    clock: Clock,
) -> None:
    moves, stops = [], []
    for row in rows:
        today = branches[plans[row.plan_id].branch_id].today(clock)
        status = row.status or SubscriptionStatus.APPLIED
        moves.append(
            move_row(row.id, None, status, today=today, reason="Imported.", actor=actor, clock=clock)
        )
        if row.status is not None:
            stops.append({"subscription_id": row.id, "stopped_on": _stopped_on(row), "resumed_on": None})
    session.execute(insert(SubscriptionMove), moves)
    if stops:
        session.execute(insert(SubscriptionStop), stops)


def _months(rows: Sequence[SubscriptionRow], plans: dict[UUID, Plan]) -> list[OpeningMonth]:
    return [
        OpeningMonth(
            id=uuid5(row.id, f"month:{month.period}"),
            customer_id=row.customer_id,
            subscription_id=row.id,
            service=plans[row.plan_id].service,
            period=month.period,
            amount_minor=month.amount_minor,
            settled_minor=month.amount_minor if month.settled else 0,
        )
        for row in rows
        for month in row.months
    ]
