"""Forgetting a person in the plumbing: every kept event about them, sent or received (RULES, keeping and erasing)."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.tables import InboxRow, OutboxRow
from contracts.cards import CustomerCard
from contracts.events import event_types


def erase_in_events(session: Session, left: CustomerCard) -> None:
    """Replace the person by what is `left` of them in every event that this service sent or received.

    The rows stay, so that nothing is delivered twice and a read model that fills itself anew counts the same.
    """
    types = event_types()
    for table in (OutboxRow, InboxRow):
        rows = session.execute(
            select(table.event_id, table.type, table.body).where(table.subject_id == left.id)
        ).all()
        for event_id, name, body in rows:
            # A type of an older version that nobody knows any more: nothing reads it either.
            event = types[name].model_validate(body).without_person(left) if name in types else None
            session.execute(
                update(table)
                .where(table.event_id == event_id)
                .values(body=event.model_dump(mode="json") if event else {}),
                execution_options={"synchronize_session": False},
            )
