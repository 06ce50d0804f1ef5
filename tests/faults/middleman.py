"""Somebody between exchanges and inbox queues, who may deliver three times or in the wrong order."""

import threading
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import kombu

from chassis.bus import RPC_EXCHANGE, connection, event_exchange
from contracts.topology import LISTENERS, producers_for


class Middleman:
    """Takes the events of some listeners off their bindings; a context manager that puts everything back.

    `copies`: how often each event is delivered. `hold`: keep them until `deliver` says in which order they go on.
    `calls`: routing keys of calls of which as many copies are made.
    """

    def __init__(
        self,
        uri: str,
        listeners: Sequence[str],
        *,
        copies: int = 1,
        hold: bool = False,
        calls: Sequence[str] = (),
    ) -> None:
        self._uri, self._listeners, self._copies, self._hold, self._calls = (
            uri,
            listeners,
            copies,
            hold,
            calls,
        )
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.held: list[tuple[str, Any]] = []
        self.copied = 0

    def __enter__(self) -> "Middleman":
        with connection(self._uri) as bus:
            channel = bus.channel()
            for listener in self._listeners:
                channel.queue_declare(_own(listener), durable=True, auto_delete=False)
                for exchange, key in _bindings(listener):
                    channel.queue_bind(_own(listener), exchange, key)
                    channel.queue_unbind(f"inbox-{listener}", exchange, key)
            for key in self._calls:
                channel.queue_declare(_own("calls"), durable=True, auto_delete=False)
                channel.queue_bind(_own("calls"), RPC_EXCHANGE.name, key)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.deliver(list(self.held))
        self._hold = False
        with connection(self._uri) as bus:
            channel = bus.channel()
            for listener in self._listeners:
                for exchange, key in _bindings(listener):
                    channel.queue_bind(f"inbox-{listener}", exchange, key)
                    channel.queue_unbind(_own(listener), exchange, key)
            for key in self._calls:
                channel.queue_unbind(_own("calls"), RPC_EXCHANGE.name, key)
        self._ended.set()
        self._thread.join(30)
        with connection(self._uri) as bus:
            channel = bus.channel()
            for name in (*self._listeners, *(["calls"] if self._calls else [])):
                channel.queue_delete(_own(name))

    def deliver(self, held: Sequence[tuple[str, Any]]) -> None:
        """Send held events on, in this order; they are held no longer."""
        with connection(self._uri) as bus:
            producer = kombu.Producer(bus.channel())
            for listener, body in held:
                _publish(producer, body, "", f"inbox-{listener}")
        self.held = [one for one in self.held if one not in held]

    def _run(self) -> None:
        names = [*self._listeners, *(["calls"] if self._calls else [])]
        with connection(self._uri) as bus:
            channel = bus.channel()
            producer = kombu.Producer(channel)
            for name in names:
                queue = kombu.Queue(_own(name), no_declare=True)
                take = partial(self._take, producer, name)
                kombu.Consumer(channel, [queue], on_message=take, auto_declare=False).consume()
            idle = 0
            while not self._ended.is_set() or idle < 3:
                try:
                    bus.drain_events(timeout=0.3)
                    idle = 0
                except TimeoutError:
                    idle += 1

    def _take(self, producer: kombu.Producer, name: str, message: Any) -> None:
        if name == "calls":
            self._copy_call(producer, message)
        elif self._hold:
            self.held.append((name, message.body))
        else:
            for _ in range(self._copies):
                _publish(producer, message.body, "", f"inbox-{name}")
            self.copied += self._copies - 1
        message.ack()

    def _copy_call(self, producer: kombu.Producer, message: Any) -> None:
        if message.headers.get("copy"):
            return
        for _ in range(self._copies - 1):
            properties = {name: message.properties[name] for name in ("reply_to", "correlation_id")}
            _publish(
                producer, message.body, RPC_EXCHANGE.name, message.delivery_info["routing_key"],
                headers={"copy": "yes"}, **properties,
            )  # fmt: skip
            self.copied += 1


def _publish(producer: kombu.Producer, body: Any, exchange: str, key: str, **properties: Any) -> None:
    producer.publish(
        body, exchange=exchange, routing_key=key, content_type="application/json", content_encoding="utf-8",
        delivery_mode=2, **properties,
    )  # fmt: skip


def _own(name: str) -> str:
    return f"middleman-{name}"


def _bindings(listener: str) -> Iterator[tuple[str, str]]:
    assert LISTENERS[listener]
    for producer, types in producers_for(listener).items():
        for kind in types:
            yield event_exchange(producer).name, kind
