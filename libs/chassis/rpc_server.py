"""nameko's RPC entrypoint made safe: no message can take the service down, no work is cut off by a stop (BUS, 2.1)."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import kombu
from amqp.exceptions import AMQPError
from kombu.exceptions import KombuError
from nameko.exceptions import ContainerBeingKilled
from nameko.messaging import QueueConsumer
from nameko.rpc import Rpc, RpcConsumer

from chassis.bus import RPC_EXCHANGE, connection, discard, read_ahead
from chassis.kill_points import reach
from chassis.logs import logger
from contracts.errors import Unavailable

log = logger(__name__)
_CHANNEL_GONE = (OSError, KombuError, AMQPError, AttributeError)


class DrainingQueueConsumer(QueueConsumer):  # type: ignore[misc]  # nameko ships no types
    """Closes its connection only when every message in hand is settled (BUS, 5), and survives a lost one (BUS, 6)."""

    def __init__(self) -> None:
        super().__init__()
        self._in_hand: set[Any] = set()
        self.seen = time.monotonic()
        """When it last looked for calls or for a broker that is away (chassis.health)."""

    @property
    def connection(self) -> kombu.Connection:
        """A connection with our time-outs."""
        return connection(self.amqp_uri, heartbeat=20)

    @contextmanager
    def establish_connection(self) -> Iterator[kombu.Connection]:
        """Try again every two seconds at the latest.

        kombu's own pauses grow to half a minute, in which callers get no answer though the broker is back.
        """
        with self.create_connection() as made:
            made.ensure_connection(
                self.on_connection_error, None, interval_start=0.5, interval_step=0.5, interval_max=2,
                reraise_as_library_errors=False,
            )  # fmt: skip
            read_ahead(made)
            yield made

    def handle_message(self, provider: Any, body: Any, message: Any) -> None:
        """The message is in hand until it is settled."""
        self._in_hand.add(message)
        super().handle_message(provider, body, message)

    def ack_message(self, message: Any) -> None:
        """Acknowledge; when the channel is gone the broker delivers again."""
        self._settle(message, "ack")

    def requeue_message(self, message: Any) -> None:
        """Give back for another consumer."""
        self._settle(message, "requeue")

    def reject_message(self, message: Any) -> None:
        """Refuse for good a message that is no call."""
        self._settle(message, "reject")

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """A body that is no JSON is refused, not lost silently."""
        log.error("undecodable call refused", error=repr(exc)[:300])
        message.reject(requeue=False)

    def on_iteration(self) -> None:
        """Stop only when nobody consumes any more and nothing is in hand."""
        self.seen = time.monotonic()
        self._cancel_consumers_if_requested()
        if not self._consumers and not self._in_hand:
            self.should_stop = True

    def on_connection_error(self, exc: Exception, interval: float) -> None:
        """A broker that is away is no fault of this process; a stop meanwhile has no consumer to cancel."""
        self.seen = time.monotonic()
        log.warning("the message bus is away", error=repr(exc), pause=interval)
        if self._pending_remove_providers:
            self._consumers.clear()
            for provider in list(self._pending_remove_providers):
                self._pending_remove_providers.pop(provider).send()
            self.should_stop = True
            raise exc

    def on_connection_revived(self) -> None:
        """What was in hand on the lost connection cannot be settled any more; it comes again by itself."""
        self._in_hand.clear()

    def _settle(self, message: Any, how: str) -> None:
        self._in_hand.discard(message)
        try:
            if message.channel is not None and message.channel.connection:
                getattr(message, how)()
        except _CHANNEL_GONE as error:
            log.warning("settling failed, the broker delivers again", how=how, error=repr(error))


class ReplySender:
    """Sends replies on one long-lived connection. A reply that cannot be sent is dropped: its caller tries again."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._lock = threading.Lock()
        self._connection: kombu.Connection | None = None
        self._producer: kombu.Producer | None = None

    def send(self, payload: dict[str, Any], *, reply_to: str, correlation_id: str | None) -> None:
        """Publish a reply, reconnecting once."""
        with self._lock:
            for attempt in (1, 2):
                try:
                    self._ready().publish(
                        payload, exchange=RPC_EXCHANGE, routing_key=reply_to, serializer="json",
                        correlation_id=correlation_id, delivery_mode=1, retry=False,
                    )  # fmt: skip
                    return
                except Exception as error:  # noqa: BLE001 - a reply may fail in any way; its caller tries again
                    discard(self._connection)
                    self._connection = self._producer = None
                    if attempt == 2:
                        log.warning("reply dropped, the bus is away", error=repr(error))

    def _ready(self) -> kombu.Producer:
        if self._producer is None:
            self._connection = connection(self._uri)
            self._connection.connect()
            self._producer = kombu.Producer(self._connection.channel())
        return self._producer


_PERHAPS_DONE = Unavailable(
    "The service was interrupted while it worked on this; look whether it was done before you try again."
)


def _has_key(body: dict[str, Any]) -> bool:
    """Whether a call that may have been carried out can be carried out again: its idempotency key sees to that."""
    try:
        return bool(body["kwargs"]["envelope"]["request"]["idempotency_key"])
    except (KeyError, TypeError):
        return False


class SafeRpcConsumer(RpcConsumer):  # type: ignore[misc]  # nameko ships no types
    """Consumes calls; answers through ReplySender, and refuses what cannot be answered (BUS, 4)."""

    queue_consumer = DrainingQueueConsumer()

    def setup(self) -> None:
        """Register the queue, which nameko declares where this process may."""
        super().setup()
        self.queue.no_declare = not self.container.config["platform"].settings.bus_declare
        self._replies = ReplySender(self.container.config["AMQP_URI"])

    def handle_message(self, body: Any, message: Any) -> None:
        """Hand a call to its method; one without a reply address or of the wrong shape is refused.

        A call without an idempotency key that was delivered before is not carried out again: its first worker may
        have done it before its process or its connection broke off.
        """
        if not message.properties.get("reply_to") or not isinstance(body, dict):
            log.error(
                "call without reply address refused", routing_key=message.delivery_info.get("routing_key")
            )
            self.queue_consumer.reject_message(message)
            return
        if message.delivery_info.get("redelivered") and not _has_key(body):
            self.handle_result(message, {"refusal": _PERHAPS_DONE.envelope().model_dump(mode="json")}, None)
            return
        super().handle_message(body, message)

    def handle_result(self, message: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        """Send the reply, then acknowledge."""
        error = None if exc_info is None else {
            "exc_type": type(exc_info[1]).__name__, "value": str(exc_info[1])[:500], "exc_path": "", "exc_args": [],
        }  # fmt: skip
        now = self.container.config["platform"].clock.now().timestamp()  # callers without a database go by it
        self._replies.send(
            {"result": result, "error": error, "now": now}, reply_to=message.properties["reply_to"],
            correlation_id=message.properties.get("correlation_id"),
        )  # fmt: skip
        reach("reply.before_ack", message.delivery_info.get("routing_key", ""))
        self.queue_consumer.ack_message(message)
        return result, exc_info


class SafeRpc(Rpc):  # type: ignore[misc]  # nameko ships no types
    """The entrypoint of a call (see chassis.service.call)."""

    rpc_consumer = SafeRpcConsumer()

    def handle_message(self, body: Any, message: Any) -> None:
        """Start the call's worker; while the container is being killed the message goes back."""
        try:
            super().handle_message(body, message)
        except ContainerBeingKilled:
            self.rpc_consumer.queue_consumer.requeue_message(message)
