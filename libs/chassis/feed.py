"""The producer's half of repair: a service's kept events, heads first, bodies on request."""

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from chassis.tables import OutboxRow
from contracts.calls.feed import EventBodies, EventHead, EventHeads, ListEventHeads, ReadEvents
from contracts.events import EventEnvelope

_ANSWER_BYTES = 2_000_000


def list_heads(session: Session, request: ListEventHeads) -> EventHeads:
    """Heads of the kept events of the asked types after the cursor, in the order of the outbox."""
    columns = (OutboxRow.id, OutboxRow.event_id, OutboxRow.occurred_at)
    last = session.execute(select(*columns).order_by(OutboxRow.id.desc()).limit(1)).first()
    rows = session.execute(
        select(*columns)
        .where(OutboxRow.id > request.after, OutboxRow.type.in_(request.types))
        .order_by(OutboxRow.id)
        .limit(request.limit + 1)
    ).all()
    heads = tuple(_head(row) for row in rows[: request.limit])
    return EventHeads(heads=heads, more=len(rows) > request.limit, last=last and _head(last))


def _head(row: Row[tuple[int, UUID, datetime]]) -> EventHead:
    return EventHead(cursor=row.id, id=row.event_id, occurred_at=row.occurred_at)


def read_events(session: Session, request: ReadEvents, producer: str) -> EventBodies:
    """The asked events, as many as fit into one answer, at least one."""
    rows = session.execute(
        select(OutboxRow).where(OutboxRow.event_id.in_(request.ids)).order_by(OutboxRow.id)
        .execution_options(yield_per=20)
    ).scalars()  # fmt: skip
    events: list[EventEnvelope] = []
    size = 0
    for row in rows:
        size += len(json.dumps(row.body))
        if events and size > _ANSWER_BYTES:
            break
        events.append(
            EventEnvelope(id=row.event_id, type=row.type, producer=producer, occurred_at=row.occurred_at,
                          trace=row.trace, body=row.body)
        )  # fmt: skip
    return EventBodies(events=tuple(events))
