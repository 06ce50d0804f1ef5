"""Sending calls: confirmed, once, and within the caller's deadline (BUS, 2.2)."""

import time
from typing import Any

import kombu

from chassis.bus import CONFIRM_SECONDS, connection, discard, read_ahead
from contracts.errors import Unavailable


class ServiceAway(Unavailable):
    """The service did not answer in time, or the bus is away; the request may still be carried out."""

    code = "service_away"


class Publisher:
    """One publishing connection: confirmed and mandatory, so that a service that never existed is said at once."""

    def __init__(self, uri: str, exchange: kombu.Exchange) -> None:
        self._uri, self._exchange = uri, exchange
        self._connection: kombu.Connection | None = None
        self._producer: kombu.Producer | None = None

    def publish(self, body: dict[str, Any], *, routing_key: str, reply_to: str, correlation_id: str,
                deadline: float) -> None:  # fmt: skip
        """Publish once, never twice: a request whose confirm was lost may be carried out. Raises ServiceAway."""
        try:
            producer = self._ready()
            seconds = deadline - time.monotonic()
            if seconds <= 0:
                raise ServiceAway("The message bus is slow; try again in a moment.")
            producer.publish(
                body, exchange=self._exchange, routing_key=routing_key, reply_to=reply_to, serializer="json",
                correlation_id=correlation_id, expiration=seconds, mandatory=True, delivery_mode=1,
                confirm_timeout=min(CONFIRM_SECONDS, seconds), retry=False,
            )  # fmt: skip
        except ServiceAway:
            raise
        except Exception as error:
            self.drop()
            if "NO_ROUTE" in str(error):
                raise ServiceAway(
                    f"The {routing_key.partition('.')[0]} service is not running yet."
                ) from None
            raise ServiceAway("The message bus is away; try again in a moment.") from error

    def drop(self) -> None:
        """Give the connection up; the next call makes a new one."""
        discard(self._connection)
        self._connection = self._producer = None

    def _ready(self) -> kombu.Producer:
        if self._connection is not None and self._was_closed(self._connection):
            self.drop()
        if self._producer is None:
            self._connection = connection(self._uri)
            self._connection.transport_options["confirm_publish"] = True
            self._connection.connect()
            read_ahead(self._connection)
            channel = self._connection.channel()
            self._exchange(channel).declare()
            self._producer = kombu.Producer(channel)
        return self._producer

    def _was_closed(self, made: kombu.Connection) -> bool:
        """Whether the broker left since the last call: asked before publishing, while it is safe to begin anew."""
        try:
            made.drain_events(timeout=0)
        except TimeoutError:
            return False
        except Exception:  # noqa: BLE001 - in whatever way it broke, a new connection is made
            return True
        return False
