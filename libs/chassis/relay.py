"""The relay: takes unsent outbox rows to the bus and marks them when the broker has confirmed them (DESIGN, 3.2)."""

from functools import cache
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, Text, Update, bindparam, cast, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from chassis import metrics
from chassis.bus import BatchPublisher, Publication
from chassis.database import DUE_AT_ONCE, among, is_sqlite, lease_times, lease_values, leases_now
from chassis.kill_points import reach
from chassis.logs import logger
from chassis.pace import lease, pause
from chassis.platform import Platform
from chassis.tables import OutboxRow
from contracts.events import EventEnvelope, event_types
from contracts.topology import has_listener

log = logger(__name__)

BATCH = 200
LEASE = lease(30)
BACK_OFF = (1, 2, 5, 15, 60, 300)


_OUTBOX = OutboxRow.metadata.tables[OutboxRow.__tablename__]


# Statements are made once: SQLAlchemy needs several times as long to make one as to run it, and idle relays ask often.
@cache
def _leasing(sqlite: bool) -> ReturningUpdate[Any]:
    """Leases the next unsent rows under `token` and gives them."""
    at, (now, until) = _OUTBOX.c, lease_times(LEASE, sqlite=sqlite)
    chosen = select(at.id).where(at.sent_at.is_(None), at.next_attempt_at <= now)
    chosen = chosen.order_by(at.next_attempt_at, at.id).limit(BATCH)
    if not sqlite:
        chosen = chosen.with_for_update(skip_locked=True)
    return (
        update(_OUTBOX)
        .where(at.id.in_(chosen.scalar_subquery()))
        .values(lease_token=bindparam("token"), next_attempt_at=until, attempts=at.attempts + 1)
        .returning(
            at.id,
            at.event_id,
            at.type,
            at.occurred_at,
            at.trace,
            cast(at.body, Text).label("said"),
            at.attempts,
        )
    )


@cache
def _marking(sqlite: bool) -> Update:
    """Marks the rows with the ids `sent` as sent."""
    now, _ = lease_times(LEASE, sqlite=sqlite)
    chosen = among(_OUTBOX.c.id, "sent", sqlite=sqlite)
    return update(_OUTBOX).where(chosen).values(sent_at=now, last_error=None)


class Relay:
    """Publishes one service's events. Any number of replicas may relay the same outbox."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._publisher = BatchPublisher(platform.settings.amqp_uri, declare=platform.settings.bus_declare)
        for event in event_types().values():
            if event.producer == platform.service:  # told as 0 from the start, so that the first one shows
                metrics.EVENTS_UNROUTABLE.labels(platform.service, event.type_name())

    def step(self) -> bool:
        """Lease a batch, publish it, mark it; True when the batch was full."""
        token, rows = self._lease()
        if not rows:
            return False
        reach("relay.after_claim")
        try:
            failed = self._publisher.publish([self._publication(row) for row in rows])
        except Exception:
            self._release(token)
            raise
        reach("relay.before_mark")
        self._mark(rows, failed)
        return len(rows) == BATCH

    def _lease(self) -> tuple[Any, list[Row[Any]]]:
        token = uuid4()
        if self._platform.database.is_sqlite and self._nothing_to_send():
            return token, []
        with self._platform.database.transaction() as session:
            clock = self._platform.clock
            times = lease_values(session, clock) | lease_values(session, clock, LEASE)
            leasing = _leasing(is_sqlite(session))
            rows = session.connection().execute(leasing, {"token": token, **times}).all()
        return token, sorted(rows, key=lambda row: int(row.id))

    def _nothing_to_send(self) -> bool:
        """Whether a look is enough: on SQLite a unit of work that writes nothing would still shut out the others."""
        with self._platform.database.reading() as session:
            unsent = select(OutboxRow.id).where(OutboxRow.sent_at.is_(None)).limit(1)
            return session.execute(unsent).first() is None

    def _publication(self, row: Row[Any]) -> Publication:
        head = EventEnvelope.model_construct(
            id=row.event_id, type=row.type, producer=self._platform.service, occurred_at=row.occurred_at,
            trace=row.trace, body={},
        ).model_dump_json(exclude={"body"})  # fmt: skip
        return Publication(
            exchange=f"{self._platform.service}.events", routing_key=row.type, message_id=str(row.event_id),
            body=f'{head[:-1]},"body":{row.said}}}', mandatory=has_listener(row.type),  # stored as JSON, sent as it is
        )  # fmt: skip

    def _mark(self, rows: list[Row[Any]], failed: dict[int, str]) -> None:
        with self._platform.database.transaction() as session:
            sent = [row.id for place, row in enumerate(rows) if place not in failed]
            if sent:
                times = lease_values(session, self._platform.clock)
                session.connection().execute(_marking(is_sqlite(session)), {"sent": sent, **times})
            now = leases_now(session, self._platform.clock)
            for place, reason in failed.items():
                delay = BACK_OFF[min(rows[place].attempts, len(BACK_OFF)) - 1]
                session.execute(
                    update(OutboxRow)
                    .where(OutboxRow.id == rows[place].id)
                    .values(next_attempt_at=now + pause(delay), last_error=reason),
                    execution_options={"synchronize_session": False},
                )
        self._tell(rows, failed)

    def _tell(self, rows: list[Row[Any]], failed: dict[int, str]) -> None:
        for place, row in enumerate(rows):
            if place in failed:
                metrics.EVENTS_UNROUTABLE.labels(self._platform.service, row.type).inc()
                log.error(
                    "event not taken by the bus",
                    event_id=str(row.event_id),
                    type=row.type,
                    reason=failed[place],
                )
            else:
                metrics.EVENTS_SENT.labels(self._platform.service, row.type).inc()

    def _release(self, token: Any) -> None:
        with self._platform.database.transaction() as session:
            session.execute(
                update(OutboxRow)
                .where(OutboxRow.lease_token == token, OutboxRow.sent_at.is_(None))
                .values(next_attempt_at=DUE_AT_ONCE),
                execution_options={"synchronize_session": False},
            )
