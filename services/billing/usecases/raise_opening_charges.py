"""Months that were charged before Headend: into the ledger against the opening balance, not against
revenue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from billing.copies import KnownBranch
from billing.domain.journal import ChargedLine, EntryKind, opening_lines
from billing.ledger import add_entry, add_lines
from billing.tables import Charge
from chassis.clock import Clock
from chassis.outbox import emit
from contracts.actor import Actor
from contracts.cards import ChargeKind, FeeCategory, Service
from contracts.events import ChargesRaised, RaisedCharge

EVENT_CHARGES = 500
"""So many charges at most travel in one event."""


@dataclass(frozen=True)
class OpeningMonth:
    """One month of one subscription as it stood when the books were taken over."""

    id: UUID
    customer_id: UUID
    subscription_id: UUID
    service: str
    period: str
    amount_minor: int
    settled_minor: int


def raise_opening_charges(
    session: Session,
    branch: KnownBranch,
    months: Sequence[OpeningMonth],
    import_id: UUID,
    actor: Actor,
    clock: Clock,
) -> None:
    """Charge these months of one branch and settle what was paid; one entry and event per 500."""
    for first in range(0, len(months), EVENT_CHARGES):
        _raise(session, branch, months[first : first + EVENT_CHARGES], import_id, actor, clock)


def _raise(
    session: Session,
    branch: KnownBranch,
    months: Sequence[OpeningMonth],
    import_id: UUID,
    actor: Actor,
    clock: Clock,
) -> None:
    entry_id = add_entry(
        session,
        kind=EntryKind.OPENING,
        branch_id=branch.id,
        currency=branch.currency,
        business_date=branch.today(clock),
        actor=actor,
        clock=clock,
        source_id=import_id,
    )
    stored = {"branch_id": branch.id, "currency": branch.currency, "note": "", "entry_id": entry_id}
    told = [
        {
            "id": month.id,
            "customer_id": month.customer_id,
            "subscription_id": month.subscription_id,
            "kind": ChargeKind.RECURRING.value,
            "category": FeeCategory.USAGE.value,
            "service": month.service,
            "period": month.period,
            "amount_minor": month.amount_minor,
            "settled_minor": month.settled_minor,
        }
        for month in months
    ]
    session.execute(insert(Charge), [{**one, **stored, "raised_at": clock.now()} for one in told])
    add_lines(session, entry_id, opening_lines(_line(month) for month in months))
    charges = tuple(RaisedCharge.model_validate(one) for one in told)
    emit(session, ChargesRaised(branch_id=branch.id, currency=branch.currency, charges=charges), clock)


def _line(month: OpeningMonth) -> ChargedLine:
    return ChargedLine(
        month.id,
        month.customer_id,
        Service(month.service),
        FeeCategory.USAGE,
        month.amount_minor,
        month.settled_minor,
    )
