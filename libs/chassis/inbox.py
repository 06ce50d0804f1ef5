"""The inbox: events received, each once by its id, and the worker that runs their reactions (DESIGN, 3.3 and 3.4)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, Row, select, update
from sqlalchemy.orm import Session

from chassis import metrics
from chassis.database import DUE_AT_ONCE, is_sqlite, lease_time, wake_after_commit
from chassis.logs import logger, tracing
from chassis.platform import Platform
from chassis.reactions import EventContext, Reactions
from chassis.tables import InboxRow
from contracts.events import EventEnvelope

log = logger(__name__)

INBOX = "inbox"
"""The signal that wakes the inbox worker."""
BATCH = 20
LEASE = timedelta(seconds=30)
DELAYS = (1, 2, 5, 15, 60, 300, 900)
"""Seconds before each new try; after the last one the event is parked."""


def receive(session: Session, envelopes: Sequence[EventEnvelope], platform: Platform, *, way: str) -> int:
    """Put events into the inbox; those that are there already are left alone. Returns how many were new."""
    if not envelopes:
        return 0
    if is_sqlite(session):
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]  # the same call on both dialects
    now = platform.clock.now()
    rows = {
        envelope.id: {
            "event_id": envelope.id, "type": envelope.type, "producer": envelope.producer,
            "occurred_at": envelope.occurred_at, "trace": envelope.trace, "body": envelope.body, "received_at": now,
            "state": "pending", "attempts": 0, "next_attempt_at": DUE_AT_ONCE,
        }
        for envelope in envelopes
    }  # fmt: skip
    fresh = len(
        session.execute(
            insert(InboxRow).on_conflict_do_nothing().returning(InboxRow.event_id), list(rows.values())
        ).all()
    )
    metrics.EVENTS_RECEIVED.labels(platform.service, way).inc(fresh)
    metrics.EVENTS_REPEATED.labels(platform.service).inc(len(envelopes) - fresh)
    wake_after_commit(session, INBOX)
    return fresh


class LeaseLost(Exception):
    """Another worker took the event over; this one's work is rolled back."""


class InboxWorker:
    """Runs reactions. A row is claimed in a transaction of its own, so that a crash while reacting counts as a try."""

    def __init__(self, platform: Platform, reactions: Reactions) -> None:
        self._platform, self._reactions = platform, reactions

    def step(self) -> bool:
        """Claim some events and react to them; True when there may be more."""
        token, rows = self._claim()
        if not rows:
            return False
        if not self._react_together(token, rows):
            for row in rows:
                self._react_alone(token, row)
        return True

    def _claim(self) -> tuple[UUID, list[Row[Any]]]:
        token = uuid4()
        with self._platform.database.reading() as session:
            if (
                session.execute(select(InboxRow.event_id).where(InboxRow.state == "pending").limit(1)).first()
                is None
            ):
                return token, []
        with self._platform.database.transaction() as session:
            now = lease_time(session, self._platform.clock)
            due = select(InboxRow.event_id, InboxRow.attempts).where(
                InboxRow.state == "pending", InboxRow.next_attempt_at <= now
            )
            due = due.order_by(InboxRow.next_attempt_at, InboxRow.received_at).limit(BATCH)
            found = session.execute(
                due if is_sqlite(session) else due.with_for_update(skip_locked=True)
            ).all()
            # An event that failed before, or took its process down, is tried alone: its neighbours shall not suffer.
            ids = [row.event_id for row in found if row.attempts == 0] or [row.event_id for row in found[:1]]
            if not ids:
                return token, []
            session.execute(
                update(InboxRow)
                .where(InboxRow.event_id.in_(ids))
                .values(attempts=InboxRow.attempts + 1, next_attempt_at=now + LEASE, lease_token=token),
                execution_options={"synchronize_session": False},
            )
            columns = (InboxRow.event_id, InboxRow.type, InboxRow.producer, InboxRow.occurred_at, InboxRow.trace,
                       InboxRow.body, InboxRow.attempts)  # fmt: skip
            rows = session.execute(select(*columns).where(InboxRow.event_id.in_(ids))).all()
        order = {event_id: place for place, event_id in enumerate(ids)}
        return token, sorted(rows, key=lambda row: order[row.event_id])

    def _react_together(self, token: UUID, rows: list[Row[Any]]) -> bool:
        """All in one transaction; False when one failed and nothing was kept."""
        try:
            with self._platform.database.transaction() as session:
                for row in rows:
                    self._react(session, row)
                self._mark_done(session, token, [row.event_id for row in rows])
        except Exception as error:  # noqa: BLE001 - whatever a reaction raises is recorded and tried again
            if len(rows) == 1:
                self._failed(token, rows[0], error)
                return True
            return False
        for row in rows:
            metrics.EVENTS_DONE.labels(self._platform.service, row.type).inc()
        return True

    def _react_alone(self, token: UUID, row: Row[Any]) -> None:
        self._react_together(token, [row])

    def _react(self, session: Session, row: Row[Any]) -> None:
        found = self._reactions.find(row.type)
        if found is None:
            raise LookupError(f"no reaction to {row.type}")
        event_class, reaction = found
        context = EventContext(
            event_id=row.event_id, occurred_at=row.occurred_at, producer=row.producer, trace=row.trace,
            clock=self._platform.clock,
        )  # fmt: skip
        with tracing(row.trace):
            reaction(session, event_class.model_validate(row.body), context)

    def _mark_done(self, session: Session, token: UUID, ids: list[UUID]) -> None:
        marked = session.execute(
            update(InboxRow)
            .where(InboxRow.event_id.in_(ids), InboxRow.state == "pending", InboxRow.lease_token == token)
            .values(state="done", done_at=self._platform.clock.now(), last_error=None),
            execution_options={"synchronize_session": False},
        )
        if isinstance(marked, CursorResult) and marked.rowcount != len(ids):
            raise LeaseLost

    def _failed(self, token: UUID, row: Row[Any], error: Exception) -> None:
        if isinstance(error, LeaseLost):
            return
        parked = row.attempts > len(DELAYS)
        with tracing(row.trace):
            log.error("event parked" if parked else "reaction failed, will be tried again", event_id=str(row.event_id),
                      type=row.type, attempts=row.attempts, error=repr(error), exc_info=error)  # fmt: skip
        counter = metrics.EVENTS_PARKED if parked else metrics.EVENTS_FAILED
        counter.labels(self._platform.service, row.type).inc()
        with self._platform.database.transaction() as session:
            delay = timedelta(seconds=DELAYS[min(row.attempts, len(DELAYS)) - 1])
            session.execute(
                update(InboxRow)
                .where(InboxRow.event_id == row.event_id, InboxRow.lease_token == token)
                .values(
                    state="parked" if parked else "pending",
                    next_attempt_at=lease_time(session, self._platform.clock) + delay,
                    last_error=f"{type(error).__name__}: {error}"[:2000],
                ),
                execution_options={"synchronize_session": False},
            )
