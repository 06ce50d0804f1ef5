"""The status job: who became inactive, suspended or active again by the dates (RULES, expiry and status)."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, case, exists, select
from sqlalchemy.orm import Session

from billing.copies import KnownBranch
from billing.domain.expiry import BY_DATE
from billing.standing import recomputed, standings, write_standings
from billing.tables import Charge, CustomerCopy, Subscription
from chassis.audit import about
from chassis.clock import Clock
from chassis.outbox import emit
from contracts.actor import Actor
from contracts.cards import BranchCard, ChargeKind, SubscriptionStatus
from contracts.events import SubscriptionChanged

CHUNK = 200


def refresh_statuses(
    session: Session, branch: BranchCard, after: UUID | None, *, actor: Actor, clock: Clock
) -> UUID | None:
    """Bring the next subscriptions of the branch whose status the dates have overtaken to their new one.

    Returns the id to go on after; None when there are no more.
    """
    statement = select(Subscription.id).where(Subscription.branch_id == branch.id, *_overtaken(branch, clock))
    if after is not None:
        statement = statement.where(Subscription.id > after)
    ids = list(session.scalars(statement.order_by(Subscription.id).limit(CHUNK)))
    restate(session, ids, branch, actor=actor, clock=clock)
    return ids[-1] if ids else None


def restate(session: Session, ids: Iterable[UUID], branch: BranchCard, *, actor: Actor, clock: Clock) -> None:
    """Compute expiry and status of these subscriptions anew, under their customers' locks, and tell what
    changed.
    """
    wanted = set(ids)
    if not wanted:
        return
    owners = select(Subscription.customer_id).where(Subscription.id.in_(wanted))
    session.execute(
        select(CustomerCopy.id)
        .where(CustomerCopy.id.in_(owners))
        .order_by(CustomerCopy.id)
        .with_for_update(of=CustomerCopy)
    ).all()
    known = KnownBranch(branch)
    today = known.today(clock)
    before = standings(session, wanted)
    after = recomputed(session, before, today, known.expiry_policy)
    changed = write_standings(
        session, before, after, today=today, reason="By the dates.", actor=actor, clock=clock
    )
    for one in changed:
        emit(session, SubscriptionChanged(subscription=one.state()), clock)
    if changed:
        about(session, "subscriptions", "", branch_id=branch.id, moved=len(changed))


def _overtaken(branch: BranchCard, clock: Clock) -> list[ColumnElement[bool]]:
    known = KnownBranch(branch)
    today, policy = known.today(clock), known.expiry_policy
    month = exists().where(
        Charge.subscription_id == Subscription.id, Charge.kind == ChargeKind.RECURRING.value
    )
    something_open = month.where(Charge.settled_minor < Charge.amount_minor)
    by_date = case(
        (~something_open, SubscriptionStatus.ACTIVE.value),
        (Subscription.expires_on >= policy.inactive_before(today), SubscriptionStatus.ACTIVE.value),
        (Subscription.expires_on >= policy.suspended_before(today), SubscriptionStatus.INACTIVE.value),
        else_=SubscriptionStatus.SUSPENDED.value,
    )
    return [
        Subscription.status.in_([status.value for status in BY_DATE]),
        month,
        Subscription.status != by_date,
    ]
