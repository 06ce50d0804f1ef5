"""Writing events: one row in the transaction that made the event true. Publishing is the relay's (chassis.relay)."""

from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.database import DUE_AT_ONCE, wake_after_commit
from chassis.logs import current_trace
from chassis.tables import OutboxRow
from chassis.writes import add_rows
from contracts.events import Event

RELAY = "relay"
"""The signal that wakes the relay."""


def emit(session: Session, event: Event, clock: Clock, *, event_id: UUID | None = None) -> UUID:
    """Write the event's outbox row; it is published after the caller's transaction has committed. Returns its id."""
    event_id = event_id or uuid4()
    row = {
        "event_id": event_id, "type": event.type_name(), "occurred_at": clock.now(), "subject_id": event.subject(),
        "trace": current_trace(), "body": event, "next_attempt_at": DUE_AT_ONCE, "attempts": 0,
    }  # fmt: skip
    add_rows(session, OutboxRow, [row])
    wake_after_commit(session, RELAY)
    return event_id
