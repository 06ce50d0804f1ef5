"""The listener: takes deliveries from the service's queue into its inbox, in batches, and acknowledges after commit."""

from typing import Any

import kombu
from sqlalchemy import select
from sqlalchemy.exc import DataError, StatementError

from chassis import metrics
from chassis.bus import connection, declare_all, discard, inbox_queue, is_memory, read_ahead
from chassis.inbox import receive
from chassis.kill_points import reach
from chassis.logs import logger
from chassis.platform import Platform
from contracts.events import EventEnvelope

log = logger(__name__)

BATCH = 200
BATCH_BYTES = 2_000_000
"""A batch is full with so many bytes of bodies too: events of a billing run hold five hundred charges each."""
LINGER = 0.004
"""Seconds that a begun batch waits for more."""


class Listener:
    """One service's deliveries. Whatever fails, the connection is dropped and the broker delivers again."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._uri = platform.settings.amqp_uri
        self._connection: kombu.Connection | None = None
        self._batch: list[tuple[EventEnvelope, Any]] = []
        self._bytes = 0
        # Told as 0 from the start, so that the first one shows.
        metrics.EVENTS_UNDECODABLE.labels(platform.service)
        for way in ("bus", "repair"):
            metrics.EVENTS_RECEIVED.labels(platform.service, way)

    def step(self) -> bool:
        """Wait for deliveries, at most half a second, and store what came."""
        try:
            connected = self._connection or self._connect()
            self._gather(connected)
            self._store()
            if connected.heartbeat:
                connected.heartbeat_check()
        except Exception:
            self.close()
            raise
        return True

    def close(self) -> None:
        """Drop the connection; what was not acknowledged comes again."""
        self._batch.clear()
        self._bytes = 0
        discard(self._connection)
        self._connection = None

    def _connect(self) -> kombu.Connection:
        # While the database is away nothing is taken: each delivery that comes back counts towards a broker's limit.
        with self._platform.database.reading() as session:
            session.execute(select(1))
        self._connection = connection(self._uri, heartbeat=20)
        self._connection.connect()
        read_ahead(self._connection)
        channel = self._connection.channel()
        if self._platform.settings.bus_declare:
            declare_all(channel, self._uri)
        consumer = kombu.Consumer(
            channel, [inbox_queue(self._platform.service, self._uri)], on_message=self._on_message,
            accept=["json"], auto_declare=False,
        )  # fmt: skip
        consumer.qos(prefetch_count=2 * BATCH)
        consumer.consume()
        return self._connection

    def _gather(self, connected: kombu.Connection) -> None:
        timeout = 0.5
        while len(self._batch) < BATCH and self._bytes < BATCH_BYTES:
            try:
                connected.drain_events(timeout=timeout)
            except TimeoutError:
                return
            timeout = LINGER

    def _on_message(self, message: Any) -> None:
        try:
            envelope = EventEnvelope.model_validate_json(message.body)
        except ValueError as error:
            self._set_aside(message, error)
            return
        self._batch.append((envelope, message))
        self._bytes += len(message.body)

    def _set_aside(self, message: Any, error: Exception) -> None:
        """Not an event at all: the broker keeps it for people (see bus.UNDECODABLE), the neighbours go on."""
        metrics.EVENTS_UNDECODABLE.labels(self._platform.service).inc()
        log.error("undecodable delivery set aside", error=repr(error)[:500])
        message.reject(requeue=False)

    def _store(self) -> None:
        if not self._batch:
            return
        try:
            self._receive(self._batch)
        except Exception as error:
            if not _is_unstorable(error):
                raise
            for one in self._batch:
                self._store_alone(one)
        else:
            self._acknowledge()
        self._batch.clear()
        self._bytes = 0

    def _acknowledge(self) -> None:
        """The whole batch by its last delivery; what came before it and is not in the batch was settled already."""
        if is_memory(self._uri):  # which knows no acknowledging of several
            for _, message in self._batch:
                message.ack()
        else:
            self._batch[-1][1].ack(multiple=True)

    def _store_alone(self, one: tuple[EventEnvelope, Any]) -> None:
        try:
            self._receive([one])
        except Exception as error:
            if not _is_unstorable(error):
                raise
            self._set_aside(one[1], error)
        else:
            one[1].ack()

    def _receive(self, batch: list[tuple[EventEnvelope, Any]]) -> None:
        with self._platform.database.transaction() as session:
            receive(session, [envelope for envelope, _ in batch], self._platform, way="bus")
            reach("listener.before_commit")
        reach("listener.before_ack")


def _is_unstorable(error: Exception) -> bool:
    """Whether the database refused what a delivery says (too long, no moment, NUL), rather than being away."""
    cause = error.orig if isinstance(error, StatementError) else error
    return isinstance(error, DataError) or isinstance(cause, (ValueError, TypeError, RecursionError))
