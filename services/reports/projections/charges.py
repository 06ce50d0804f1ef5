"""Charges as they were raised."""

from sqlalchemy.orm import Session

from chassis.reactions import EventContext
from contracts.events import ChargesRaised
from reports.projections.newest import add_once
from reports.tables import Charge


def charges_raised(session: Session, event: ChargesRaised, context: EventContext) -> None:
    """Keep each charge, once."""
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
    add_once(session, Charge, rows)
