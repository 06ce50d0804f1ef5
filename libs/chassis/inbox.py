"""The inbox: events received, each once by its id, and the worker that runs their reactions (DESIGN, 3.3 and 3.4)."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, Select, Update, bindparam, literal_column, select, update
from sqlalchemy.orm import Session

from chassis import metrics
from chassis.database import (
    DUE_AT_ONCE,
    among,
    is_sqlite,
    lease_times,
    lease_values,
    leases_now,
    wake_after_commit,
)
from chassis.kill_points import reach
from chassis.logs import logger, tracing, without_details
from chassis.pace import lease, pause
from chassis.platform import Platform
from chassis.reactions import EventContext, Reactions
from chassis.tables import InboxRow
from chassis.upserts import Upsert
from contracts.events import EventEnvelope, subject_in

log = logger(__name__)

INBOX, INBOX_MORE = "inbox", "inbox-more"
"""The signals that wake the first inbox worker, and the others when there is more than one batch."""
BATCH = 20
LEASE = lease(30)
DELAYS = (1, 2, 5, 15, 60, 300, 900)
"""Seconds before each new try; after the last one the event is parked."""
_UNENDED = "no try came to an end: each time the process stopped or was too slow"


def _by_age(envelope: EventEnvelope) -> tuple[float, int]:
    """Numbers, as moments and ids themselves take many times as long to compare."""
    return envelope.occurred_at.timestamp(), envelope.id.int


_KEEP = Upsert(InboxRow, lambda insert: insert.on_conflict_do_nothing().returning(InboxRow.event_id))


def receive(session: Session, envelopes: Sequence[EventEnvelope], platform: Platform, *, way: str) -> int:
    """Put events into the inbox; those that are there already are left alone. Returns how many were new."""
    if not envelopes:
        return 0
    now = platform.clock.now()
    rows = {  # in the same order everywhere: two replicas, or bus and repair, would wait for each other's rows
        envelope.id: {
            "event_id": envelope.id, "type": envelope.type, "producer": envelope.producer,
            "occurred_at": envelope.occurred_at, "trace": envelope.trace, "body": envelope.body, "received_at": now,
            "subject_id": subject_in(envelope.body), "state": "pending", "attempts": 0, "next_attempt_at": DUE_AT_ONCE,
        }
        for envelope in sorted(envelopes, key=_by_age)
    }  # fmt: skip
    fresh = len(_KEEP.run(session, list(rows.values())).all())
    metrics.EVENTS_RECEIVED.labels(platform.service, way).inc(fresh)
    metrics.EVENTS_REPEATED.labels(platform.service).inc(len(envelopes) - fresh)
    wake_after_commit(session, INBOX)
    return fresh


_PENDING = InboxRow.state == literal_column("'pending'")
"""Written out: of a parameter PostgreSQL cannot know beforehand that the index of pending rows holds it."""
_CLAIMED = (
    InboxRow.event_id, InboxRow.type, InboxRow.producer, InboxRow.occurred_at, InboxRow.trace, InboxRow.body,
    InboxRow.attempts.label("attempts_before"),
)  # fmt: skip


_INBOX = InboxRow.metadata.tables[InboxRow.__tablename__]


# Statements are made once: SQLAlchemy needs several times as long to make one as to run it, and idle workers ask often.
@cache
def _due(sqlite: bool) -> Select[Any]:
    """The next events to be reacted to."""
    now, _ = lease_times(LEASE, sqlite=sqlite)
    due = select(*_CLAIMED).where(_PENDING, InboxRow.next_attempt_at <= now)
    due = due.order_by(InboxRow.next_attempt_at, InboxRow.received_at).limit(BATCH)
    return due if sqlite else due.with_for_update(skip_locked=True)


@cache
def _claiming(sqlite: bool) -> Update:
    """Gives the events `ids` to the worker with `token`."""
    at, (_, until) = _INBOX.c, lease_times(LEASE, sqlite=sqlite)
    return (
        update(_INBOX)
        .where(among(at.event_id, "ids", sqlite=sqlite))
        .values(attempts=at.attempts + 1, next_attempt_at=until, lease_token=bindparam("token"))
    )


@cache
def _ending(sqlite: bool) -> Update:
    """Marks the events `ids` as done where they are still the worker's with `token`.

    The token is enough: whoever parks an event takes it from the worker that had it. Were the state asked for,
    PostgreSQL would sometimes read all that is pending to find these few.
    """
    at = _INBOX.c
    return (
        update(_INBOX)
        .where(among(at.event_id, "ids", sqlite=sqlite), at.lease_token == bindparam("token"))
        .values(state="done", done_at=bindparam("now"), last_error=None)
    )


class LeaseLost(Exception):
    """Another worker took the event over; this one's work is rolled back."""


class InboxWorker:
    """Runs reactions. A row is claimed in a transaction of its own, so that a crash while reacting counts as a try."""

    def __init__(self, platform: Platform, reactions: Reactions) -> None:
        self._platform, self._reactions = platform, reactions
        for event in reactions.events():  # told as 0 from the start, so that the first one shows
            metrics.EVENTS_FAILED.labels(platform.service, event.type_name())
            metrics.EVENTS_PARKED.labels(platform.service, event.type_name())

    def step(self) -> bool:
        """Claim some events and react to them; True when there may be more."""
        token, rows, more = self._claim()
        if rows and not self._react_together(token, rows):
            for row in rows:
                self._react_alone(token, row)
        return more

    def _claim(self) -> tuple[UUID, Sequence[Row[Any]], bool]:
        """Events for this worker under a token, and whether others may be waiting besides."""
        token = uuid4()
        if self._platform.database.is_sqlite and self._nothing_pending():
            return token, [], False
        with self._platform.database.transaction() as session:
            sqlite, clock = is_sqlite(session), self._platform.clock
            found = session.connection().execute(_due(sqlite), lease_values(session, clock)).all()
            unended = [row for row in found if row.attempts_before > len(DELAYS)]
            self._park_unended(session, unended)
            # An event that failed before, or took its process down, is tried alone: its neighbours shall not suffer.
            left = [row for row in found if row not in unended]
            rows = [row for row in left if row.attempts_before == 0] or left[:1]
            if rows:
                values = {"ids": [row.event_id for row in rows], "token": token}
                values |= lease_values(session, clock, LEASE)
                session.connection().execute(_claiming(sqlite), values)
        for row in unended:
            self._tell_failure(row, parked=True, error=LeaseLost(_UNENDED))
        if len(found) == BATCH:
            self._platform.signal(INBOX_MORE).set()
        return token, rows, len(found) == BATCH or len(found) > len(rows)

    def _park_unended(self, session: Session, rows: Sequence[Row[Any]]) -> None:
        """Park what was tried often enough although no try came to an end: it takes every process down."""
        if rows:
            session.execute(
                update(InboxRow)
                .where(InboxRow.event_id.in_([row.event_id for row in rows]))
                .values(state="parked", last_error=_UNENDED, lease_token=None),
                execution_options={"synchronize_session": False},
            )

    def _nothing_pending(self) -> bool:
        """Whether a look is enough: on SQLite a unit of work that writes nothing would still shut out the others."""
        with self._platform.database.reading() as session:
            pending = select(InboxRow.event_id).where(_PENDING).limit(1)
            return session.execute(pending).first() is None

    def _react_together(self, token: UUID, rows: Sequence[Row[Any]]) -> bool:
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
        now, service = self._platform.clock.now(), self._platform.service
        for row in rows:
            metrics.EVENTS_DONE.labels(service, row.type).inc()
            metrics.EVENT_AGE.labels(service).observe(max(0.0, (now - row.occurred_at).total_seconds()))
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
        reach("reaction.before_commit", row.type)

    def _mark_done(self, session: Session, token: UUID, ids: list[UUID]) -> None:
        session.flush()
        done = {"ids": ids, "token": token, "now": self._platform.clock.now()}
        ending = _ending(is_sqlite(session))
        if session.connection().execute(ending, done).rowcount != len(ids):
            raise LeaseLost

    def _failed(self, token: UUID, row: Row[Any], error: Exception) -> None:
        if isinstance(error, LeaseLost):
            return
        attempts = row.attempts_before + 1
        parked = attempts > len(DELAYS)
        self._tell_failure(row, parked=parked, error=error)
        with self._platform.database.transaction() as session:
            delay = pause(DELAYS[min(attempts, len(DELAYS)) - 1])
            session.execute(
                update(InboxRow)
                .where(InboxRow.event_id == row.event_id, InboxRow.lease_token == token)
                .values(
                    state="parked" if parked else "pending",
                    next_attempt_at=leases_now(session, self._platform.clock) + delay,
                    last_error=without_details(f"{type(error).__name__}: {error}")[:2000],
                ),
                execution_options={"synchronize_session": False},
            )

    def _tell_failure(self, row: Row[Any], *, parked: bool, error: Exception) -> None:
        with tracing(row.trace):
            log.error("event parked" if parked else "reaction failed, will be tried again", event_id=str(row.event_id),
                      type=row.type, attempts=row.attempts_before + 1, error=repr(error), exc_info=error)  # fmt: skip
        counter = metrics.EVENTS_PARKED if parked else metrics.EVENTS_FAILED
        counter.labels(self._platform.service, row.type).inc()
