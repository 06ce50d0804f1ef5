"""What a payment does to charges and subscriptions: settled amounts, expiry dates, statuses."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from billing.domain.allocation import Part
from billing.domain.expiry import ExpiryPolicy, expiry_at
from billing.dues import Due
from billing.standing import Standing
from billing.tables import Charge
from contracts.cards import ChargeKind

_NEVER = "9999-12"

_SETTLE = (
    update(Charge.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
    .where(Charge.__table__.c.id == bindparam("of_id"))
    .values(settled_minor=Charge.__table__.c.settled_minor + bindparam("by_minor"))
)


def settle(session: Session, parts: Sequence[tuple[UUID, int]]) -> None:
    """Add to what is settled of each charge, in minor units; negative opens it again."""
    session.connection().execute(_SETTLE, [{"of_id": charge, "by_minor": by} for charge, by in parts])


def paid_standings(
    session: Session, dues: Sequence[Due], parts: Sequence[Part], today: date, policy: ExpiryPolicy
) -> tuple[list[Standing], list[Standing]]:
    """The subscriptions that a payment touches, before and after it. `dues` are all open charges of the
    customer.
    """
    settled = {part.charge.id for part in parts if not part.open_after}
    touched = {part.charge.id for part in parts}
    before = {
        due.subscription.id: due.subscription for due in dues if due.subscription and due.charge.id in touched
    }
    first_open: dict[UUID, str] = {}
    moving = set()
    for due in dues:
        if not due.recurring or due.subscription_id not in before:
            continue
        if due.charge.id in settled:
            moving.add(due.subscription_id)
        else:
            first_open[due.subscription_id] = min(
                due.charge.period, first_open.get(due.subscription_id, _NEVER)
            )
    last = _last_settled(session, {one: first_open.get(one, _NEVER) for one in before if one in moving})
    after = [
        one.on(
            expiry_at(last[one.id], one.opening_expires_on) if one.id in moving else one.expires_on,
            today,
            policy,
            open_months=one.id in first_open,
        )
        for one in before.values()
    ]
    return list(before.values()), after


_LAST_BEFORE = select(func.max(Charge.period)).where(
    Charge.kind == ChargeKind.RECURRING.value,
    Charge.subscription_id == bindparam("subscription_id"),
    Charge.period < bindparam("before"),
)


def _last_settled(session: Session, first_open: dict[UUID, str]) -> dict[UUID, str | None]:
    """For each subscription the last charged period before its first open one."""
    return {
        one: session.scalar(_LAST_BEFORE, {"subscription_id": one, "before": before})
        for one, before in first_open.items()
    }
