"""The bus's exchanges and queues, and publishing that waits for the broker's word (BUS, 2)."""

import contextlib
import ssl
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import kombu
from amqp.transport import TCPTransport

from chassis.logs import logger
from contracts.topology import LISTENERS

log = logger(__name__)

RPC_EXCHANGE = kombu.Exchange("nameko-rpc", type="topic", durable=True)
UNDECODABLE = "headend.undecodable"
"""Where deliveries go that are no event: kept for people to look at."""

CONNECT_SECONDS = 3.0
CONFIRM_SECONDS = 3.0
"""Longest silence of the broker while it owes confirms."""
BATCH_SECONDS = 15.0
"""Longest time for the confirms of a batch; shorter than the relay's lease."""


def is_memory(uri: str) -> bool:
    """Whether the bus is the one inside this process."""
    return uri.startswith("memory://")


def connection(uri: str, *, heartbeat: int = 0) -> kombu.Connection:
    """A connection with time-outs that hold during a broker alarm too; not yet established."""
    if is_memory(uri):
        return kombu.Connection("memory://localhost/", transport_options={"polling_interval": 0.01})
    return kombu.Connection(
        uri,
        heartbeat=heartbeat,
        connect_timeout=CONNECT_SECONDS,
        ssl=_who_it_must_be(uri),
        transport_options={"read_timeout": 10, "write_timeout": 5},
    )


def read_ahead(connected: kombu.Connection) -> None:
    """Let an established connection take what has come of the socket, up to 8 KB at once.

    amqp asks the socket nine times for one delivery and three times for a confirm, which costs more than what is done
    with it. What was taken too early lies in amqp's own buffer, which it looks at first. Over TLS it reads another way,
    and as before.
    """
    transport = None if is_memory(connected.as_uri()) else connected.connection.transport
    if isinstance(transport, TCPTransport):
        receive = transport.sock.recv
        transport._quick_recv = lambda size: receive(max(size, _READ_AHEAD))


_READ_AHEAD = 8192
_WRITE_AT_ONCE = 64 * 1024


@contextlib.contextmanager
def written_together(connected: kombu.Connection) -> Iterator[None]:
    """Give the socket what is published meanwhile in pieces of some 64 KB instead of one by one.

    Each piece wakes the broker and costs both sides more than a small message itself.
    """
    transport = connected.connection.transport
    write, kept = transport._write, bytearray()

    def keep(data: bytes) -> None:
        kept.extend(data)
        if len(kept) >= _WRITE_AT_ONCE:
            write_kept()

    def write_kept() -> None:
        with transport.having_timeout(CONFIRM_SECONDS):
            write(kept)
        kept.clear()

    transport._write = keep
    try:
        yield
        write_kept()
    finally:
        transport._write = write


def _who_it_must_be(uri: str) -> dict[str, Any] | None:
    """For amqps: the broker shows a certificate for the host asked for, from somebody the machine trusts.

    py-amqp by itself takes a certificate for any host at all. SSL_CERT_FILE names a CA of one's own.
    """
    parts = urlsplit(uri)
    if parts.scheme != "amqps":
        return None
    return {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": parts.hostname}


def discard(broken: kombu.Connection | None) -> None:
    """Drop a connection without talking to the broker, which may hang (BUS, 11)."""
    if broken is None:
        return
    try:
        broken.collect(socket_timeout=0.5)
    except Exception as error:  # noqa: BLE001 - whatever a broken connection raises, it is gone
        log.debug("discarded connection", error=repr(error))


def event_exchange(producer: str) -> kombu.Exchange:
    """nameko's own events exchange of a service, so that any nameko service can listen with @event_handler."""
    return kombu.Exchange(
        f"{producer}.events", type="topic", durable=True, auto_delete=False, delivery_mode=2
    )


def inbox_queue(service: str, uri: str) -> kombu.Queue:
    """The one durable queue of a service's events: quorum type on RabbitMQ, undecodable deliveries set aside."""
    bindings = [
        kombu.binding(event_exchange(event.producer), routing_key=event.type_name())
        for event in LISTENERS[service]
    ]
    arguments = None if is_memory(uri) else {
        "x-queue-type": "quorum", "x-dead-letter-exchange": "", "x-dead-letter-routing-key": UNDECODABLE,
    }  # fmt: skip
    return kombu.Queue(f"inbox-{service}", bindings=bindings, durable=True, queue_arguments=arguments)


def declare_all(channel: Any, uri: str) -> None:
    """Declare every queue and binding of every service: nothing is published before its listeners' queues are."""
    for exchange in exchanges():
        exchange(channel).declare()
    kombu.Queue(UNDECODABLE, durable=True)(channel).declare()
    for service, events in LISTENERS.items():
        if events:
            inbox_queue(service, uri)(channel).declare()


def find_all(channel: Any, uri: str) -> None:
    """Look whether RabbitMQ has every exchange and queue already. Raises amqp's NotFound, naming what is missing."""
    for exchange in exchanges():
        exchange(channel).declare(passive=True)
    for queue in (
        UNDECODABLE,
        *(inbox_queue(service, uri).name for service in LISTENERS if LISTENERS[service]),
    ):
        channel.queue_declare(queue, passive=True)


def exchanges() -> list[kombu.Exchange]:
    """Every exchange: that of calls, and one of events for each service."""
    return [RPC_EXCHANGE, *(event_exchange(service) for service in LISTENERS)]


def rpc_exchange(*, declare: bool) -> kombu.Exchange:
    """The exchange of calls; one that is there already need not, and perhaps may not, be declared by its users."""
    return kombu.Exchange(RPC_EXCHANGE.name, type="topic", durable=True, no_declare=not declare)


@dataclass(frozen=True)
class Publication:
    """One event on its way: its place in the batch is its identity."""

    exchange: str
    routing_key: str
    body: str
    message_id: str
    mandatory: bool


class BatchPublisher:
    """Publishes batches, persistent, and waits for the confirms of the whole batch."""

    def __init__(self, uri: str, *, declare: bool = True) -> None:
        """`declare`: whether queues are declared before the first publication (see declare_all)."""
        self._uri, self._declare = uri, declare
        self._connection: kombu.Connection | None = None
        self._channel: Any = None
        self._published = 0
        self._unconfirmed: set[int] = set()
        self._refused: set[int] = set()
        self._returned: set[str] = set()

    def publish(self, batch: Sequence[Publication]) -> dict[int, str]:
        """Publish in order; returns the positions that failed, with the reason. Raises when the bus is away."""
        try:
            if self._connection is None:
                self._connect()
            if is_memory(self._uri):
                return self._publish_in_memory(batch)
            return self._publish_confirmed(batch)
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        """Drop the connection; the next batch makes a new one."""
        discard(self._connection)
        self._connection = self._channel = None

    def _connect(self) -> None:
        self._connection = connection(self._uri)
        self._connection.connect()
        read_ahead(self._connection)
        self._channel = self._connection.channel()
        if self._declare:
            declare_all(self._channel, self._uri)
        if not is_memory(self._uri):
            self._channel.confirm_select()
            self._channel.events["basic_ack"].add(self._on_ack)
            self._channel.events["basic_nack"].add(self._on_nack)
            self._channel.events["basic_return"].add(self._on_return)
            self._published = 0
            self._unconfirmed.clear()

    def _publish_in_memory(self, batch: Sequence[Publication]) -> dict[int, str]:
        producer = kombu.Producer(self._channel)
        for item in batch:
            producer.publish(
                item.body, exchange=item.exchange, routing_key=item.routing_key, content_type="application/json",
                content_encoding="utf-8", message_id=item.message_id, delivery_mode=2,
            )  # fmt: skip
        return {}

    def _publish_confirmed(self, batch: Sequence[Publication]) -> dict[int, str]:
        self._refused.clear()
        self._returned.clear()
        first = self._published + 1
        with written_together(self._connection):
            for item in batch:
                self._publish_one(item)
        self._wait_for_confirms()
        return {
            place: "no queue is bound for it"
            if item.message_id in self._returned
            else "the broker refused it"
            for place, item in enumerate(batch)
            if item.message_id in self._returned or first + place in self._refused
        }

    def _publish_one(self, item: Publication) -> None:
        self._published += 1
        self._unconfirmed.add(self._published)
        message = self._channel.prepare_message(
            item.body, content_type="application/json", content_encoding="utf-8",
            properties={"delivery_mode": 2, "message_id": item.message_id},
        )  # fmt: skip
        self._channel.basic_publish(message, exchange=item.exchange, routing_key=item.routing_key,
                                    mandatory=item.mandatory, timeout=CONFIRM_SECONDS)  # fmt: skip

    def _wait_for_confirms(self) -> None:
        began = heard = time.monotonic()
        waiting = len(self._unconfirmed)
        while waiting:
            left = min(heard + CONFIRM_SECONDS, began + BATCH_SECONDS) - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"{waiting} publications were not confirmed in time")
            self._channel.connection.drain_events(timeout=left)
            if len(self._unconfirmed) < waiting:  # a slow broker that goes on is not a silent one
                waiting, heard = len(self._unconfirmed), time.monotonic()

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._unconfirmed -= self._meant(tag, multiple)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._refused |= self._meant(tag, multiple)
        self._on_ack(tag, multiple)

    def _meant(self, tag: int, multiple: bool) -> set[int]:
        """The publications of a confirm; queues of different speed are confirmed in any order."""
        return {open_tag for open_tag in self._unconfirmed if open_tag <= tag} if multiple else {tag}

    def _on_return(self, _error: Exception, _exchange: str, _key: str, message: Any) -> None:
        self._returned.add(str(message.properties.get("message_id")))
