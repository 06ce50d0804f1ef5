"""Where subscriptions stand: their state as others see it, and writing a new status or expiry with its
move.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from billing.domain.expiry import BY_DATE, ChargedMonth, ExpiryPolicy, expiry, status_by_date
from billing.tables import Charge, Plan, Subscription, SubscriptionMove
from chassis.clock import Clock
from chassis.writes import add_rows, write
from contracts.actor import Actor
from contracts.cards import ChargeKind, Service, SubscriptionState, SubscriptionStatus

STANDING_COLUMNS = (
    Subscription.id.label("subscription_id"),
    Subscription.customer_id,
    Subscription.branch_id,
    Subscription.service,
    Subscription.plan_id,
    Plan.code.label("plan_code"),
    Plan.name.label("plan_name"),
    Subscription.status,
    Subscription.started_on,
    Subscription.opening_expires_on,
    Subscription.expires_on,
    Subscription.version,
)
"""What `standing_of` reads, joined with the plan."""


@dataclass(frozen=True)
class Standing:
    """A subscription as it stands, with its plan's names."""

    id: UUID
    customer_id: UUID
    branch_id: UUID
    service: Service
    plan_id: UUID
    plan_code: str
    plan_name: str
    status: SubscriptionStatus
    started_on: date
    opening_expires_on: date
    expires_on: date
    version: int

    def state(self) -> SubscriptionState:
        """As events and answers carry it."""
        return SubscriptionState(
            id=self.id,
            customer_id=self.customer_id,
            branch_id=self.branch_id,
            service=self.service,
            plan_id=self.plan_id,
            plan_code=self.plan_code,
            plan_name=self.plan_name,
            status=self.status,
            started_on=self.started_on,
            expires_on=self.expires_on,
            version=self.version,
        )

    def on(self, expires_on: date, today: date, policy: ExpiryPolicy, *, open_months: bool) -> "Standing":
        """The same subscription with that expiry and the status that the dates give; what people set wins."""
        status = self.status
        if status in BY_DATE:
            status = status_by_date(expires_on, today, policy, charged=True, something_open=open_months)
        if (expires_on, status) == (self.expires_on, self.status):
            return self
        return replace(self, expires_on=expires_on, status=status, version=self.version + 1)


def standing_of(row: Any) -> Standing:
    """The standing in a row that holds STANDING_COLUMNS."""
    return Standing(
        id=row.subscription_id,
        customer_id=row.customer_id,
        branch_id=row.branch_id,
        service=Service(row.service),
        plan_id=row.plan_id,
        plan_code=row.plan_code,
        plan_name=row.plan_name,
        status=SubscriptionStatus(row.status),
        started_on=row.started_on,
        opening_expires_on=row.opening_expires_on,
        expires_on=row.expires_on,
        version=row.version,
    )


def standings(session: Session, subscription_ids: Iterable[UUID]) -> list[Standing]:
    """These subscriptions as they stand, by id."""
    rows = session.execute(
        select(*STANDING_COLUMNS)
        .join(Plan, Plan.id == Subscription.plan_id)
        .where(Subscription.id.in_(list(subscription_ids)))
        .order_by(Subscription.id)
    )
    return [standing_of(row) for row in rows]


def charged_months(session: Session, subscription_ids: Sequence[UUID]) -> dict[UUID, list[ChargedMonth]]:
    """Every period charged to each of these subscriptions."""
    months: dict[UUID, list[ChargedMonth]] = {one: [] for one in subscription_ids}
    rows = session.execute(
        select(Charge.subscription_id, Charge.period, Charge.settled_minor == Charge.amount_minor).where(
            Charge.subscription_id.in_(list(subscription_ids)), Charge.kind == ChargeKind.RECURRING.value
        )
    )
    for subscription_id, period, settled in rows:
        if subscription_id is not None:
            months[subscription_id].append(ChargedMonth(period, bool(settled)))
    return months


def recomputed(
    session: Session, subscriptions: Sequence[Standing], today: date, policy: ExpiryPolicy
) -> list[Standing]:
    """These subscriptions with expiry and status computed anew from all their charges."""
    months = charged_months(session, [one.id for one in subscriptions])
    after = []
    for one in subscriptions:
        charged = months[one.id]
        expires_on = expiry(charged, one.opening_expires_on)
        if one.status in BY_DATE and not charged:
            after.append(one)
            continue
        after.append(one.on(expires_on, today, policy, open_months=not all(m.settled for m in charged)))
    return after


_UPDATE = (
    update(Subscription.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
    .where(Subscription.__table__.c.id == bindparam("of_id"))
    .values(
        expires_on=bindparam("to_expires_on"), status=bindparam("to_status"), version=bindparam("to_version")
    )
)


def write_standings(
    session: Session,
    before: Sequence[Standing],
    after: Sequence[Standing],
    *,
    today: date,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> list[Standing]:
    """Store what changed, with a move for each new status. The caller holds the customers' locks. Returns
    what changed.
    """
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old is not new]
    if not changed:
        return []
    write(
        session,
        _UPDATE,
        [
            {
                "of_id": new.id,
                "to_expires_on": new.expires_on,
                "to_status": new.status.value,
                "to_version": new.version,
            }
            for _, new in changed
        ],
    )
    moves = [
        move_row(new.id, old.status, new.status, today=today, reason=reason, actor=actor, clock=clock)
        for old, new in changed
        if old.status is not new.status
    ]
    if moves:
        add_rows(session, SubscriptionMove, moves)
    return [new for _, new in changed]


def move_row(
    subscription_id: UUID,
    from_status: SubscriptionStatus | None,
    to_status: SubscriptionStatus,
    *,
    today: date,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> dict[str, Any]:
    """A row of subscription_moves: who moved it, when and why."""
    return {
        "id": uuid4(),
        "subscription_id": subscription_id,
        "from_status": from_status.value if from_status else None,
        "to_status": to_status.value,
        "business_date": today,
        "moved_at": clock.now(),
        "moved_by": actor.subject,
        "reason": reason,
    }
