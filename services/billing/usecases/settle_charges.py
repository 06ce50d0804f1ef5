"""What a payment does to charges and subscriptions: settled amounts, expiry dates, statuses."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from billing.copies import KnownBranch
from billing.domain.allocation import Part, allocate, total_open
from billing.domain.expiry import ExpiryPolicy, expiry_at
from billing.domain.payment_rules import check_amount
from billing.dues import Due, of_service
from billing.standing import Standing
from billing.tables import Charge
from chassis.writes import write
from contracts.cards import Service
from contracts.money import Money

_SETTLE = (
    update(Charge.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
    .where(Charge.__table__.c.id == bindparam("of_id"))
    .values(settled_minor=Charge.__table__.c.settled_minor + bindparam("by_minor"))
)


def settle(session: Session, parts: Sequence[tuple[UUID, int]]) -> None:
    """Add to what is settled of each charge, in minor units; negative opens it again."""
    write(session, _SETTLE, [{"of_id": charge, "by_minor": by} for charge, by in parts])


def allot(
    amount: Money, dues: Sequence[Due], service: Service | None, branch: KnownBranch
) -> tuple[tuple[Due, Part], ...]:
    """Which of the open charges take how much of the amount. Raises what check_amount raises."""
    addressed = {due.charge.id: due for due in of_service(dues, service)}
    charges = [due.charge for due in addressed.values()]
    check_amount(amount, total_open(charges, branch.currency), branch.minimum_payment, service)
    return tuple((addressed[part.charge.id], part) for part in allocate(amount, charges))


def paid_standings(
    dues: Sequence[Due], parts: Sequence[Part], today: date, policy: ExpiryPolicy
) -> tuple[list[Standing], list[Standing]]:
    """The subscriptions that a payment touches, before and after it. `dues` are all open charges of the
    customer.
    """
    settled = {part.charge.id for part in parts if not part.open_after}
    touched = {part.charge.id for part in parts}
    before = {
        due.subscription.id: due.subscription for due in dues if due.subscription and due.charge.id in touched
    }
    moving: dict[UUID, Due] = {}
    first_open: dict[UUID, Due] = {}
    for due in dues:
        if not due.recurring or due.subscription_id not in before:
            continue
        if due.charge.id in settled:
            moving[due.subscription_id] = due
        else:
            known = first_open.setdefault(due.subscription_id, due)
            first_open[due.subscription_id] = min(known, due, key=lambda one: one.charge.period)
    after = []
    for one in before.values():
        expires_on, still_open = one.expires_on, first_open.get(one.id)
        if one.id in moving:
            last = still_open.charged_before if still_open else moving[one.id].charged_last
            expires_on = expiry_at(last, one.opening_expires_on)
        after.append(one.on(expires_on, today, policy, open_months=still_open is not None))
    return list(before.values()), after
