"""A second read model beside the live one, in a file of its own, made by the same projections."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import event, select

from chassis.clock import Clock
from chassis.database import DUE_AT_ONCE, Database
from chassis.migrations import migrate, migrations_of
from chassis.reactions import EventContext
from chassis.tables import InboxRow
from chassis.writes import add_rows
from contracts.events import EventEnvelope
from reports.reactions import REACTIONS


class Scratch:
    """The read model that the replayed events make, whatever their order."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self._clock = database, clock

    def replay(self, envelopes: Sequence[EventEnvelope]) -> None:
        """Let the projections keep what these events say, and remember that they did."""
        with self.database.transaction() as session:
            for envelope in envelopes:
                found = REACTIONS.find(envelope.type)
                if found is None:
                    raise LookupError(f"reports has no projection for {envelope.type}")
                event_class, projection = found
                context = EventContext(
                    event_id=envelope.id, occurred_at=envelope.occurred_at, producer=envelope.producer,
                    trace=envelope.trace, clock=self._clock,
                )  # fmt: skip
                projection(session, event_class.model_validate(envelope.body), context)
            add_rows(session, InboxRow, [self._remembered(envelope) for envelope in envelopes])

    def _remembered(self, envelope: EventEnvelope) -> dict[str, Any]:
        """That it was replayed; its body is kept elsewhere."""
        return {
            "event_id": envelope.id, "type": envelope.type, "producer": envelope.producer, "trace": "", "body": {},
            "occurred_at": envelope.occurred_at, "received_at": self._clock.now(), "state": "done", "attempts": 0,
            "next_attempt_at": DUE_AT_ONCE,
        }  # fmt: skip


@contextmanager
def scratch_beside(folder: Path | None, clock: Clock) -> Iterator[Scratch]:
    """An empty one, in a folder that is gone afterwards; `folder` is where there is room (None: the system's own)."""
    with tempfile.TemporaryDirectory(prefix="headend-rebuild-", dir=folder) as place:
        database = Database(f"sqlite:///{Path(place) / 'reports.db'}")

        @event.listens_for(database.engine, "connect")
        def hurry(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA synchronous=OFF")  # after a crash it is made anew

        migrate(database, migrations_of("reports"))
        try:
            yield Scratch(database, clock)
        finally:
            database.close()


def ids_done(database: Database) -> Iterator[tuple[UUID]]:
    """The events that an inbox has done, in the order of their ids."""
    done = select(InboxRow.event_id).where(InboxRow.state == "done").order_by(InboxRow.event_id)
    with database.reading() as session:
        for row in session.execute(done, execution_options={"yield_per": 5000}):
            yield (row.event_id,)
