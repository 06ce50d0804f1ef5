"""Charges as they were raised."""

from sqlalchemy.orm import Session

from chassis.reactions import EventContext
from contracts.events import ChargesRaised, RaisedCharge
from reports.projections.figures import Change, note, owed
from reports.projections.newest import add_once
from reports.tables import Charge


def charges_raised(session: Session, event: ChargesRaised, context: EventContext) -> None:
    """Keep each charge, once; what is new of them is open."""
    rows = [
        {
            "id": charge.id, "branch_id": event.branch_id, "customer_id": charge.customer_id,
            "subscription_id": charge.subscription_id, "kind": charge.kind.value,
            "category": charge.category.value, "service": charge.service.value if charge.service else None,
            "period": charge.period, "currency": event.currency, "amount_minor": charge.amount_minor,
            "settled_minor": charge.settled_minor,
        }
        for charge in event.charges
    ]  # fmt: skip
    added = add_once(session, Charge, rows)
    note(session, (_open(event, charge) for charge in event.charges if charge.id in added))


def _open(event: ChargesRaised, charge: RaisedCharge) -> Change:
    rest = charge.amount_minor - charge.settled_minor
    service = charge.service.value if charge.service else None
    return owed(event.branch_id, charge.period, service, event.currency, rest)
