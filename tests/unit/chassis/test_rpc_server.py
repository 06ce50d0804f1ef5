"""A stop waits for the calls in hand, whatever became of their connection (BUS, 2.1)."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import kombu
import pytest

from chassis.rpc_server import DrainingQueueConsumer

PROVIDER = SimpleNamespace(handle_message=print)


@pytest.fixture
def messages() -> Iterator[list[Any]]:
    """Two messages taken from a queue and not settled."""
    with kombu.Connection("memory://") as bus:
        queue = bus.SimpleQueue("calls-in-hand")
        for number in range(2):
            queue.put({"number": number})
        taken = [queue.get(timeout=1) for _ in range(2)]
        for message in taken:
            message.delivery_info["routing_key"] = "some.call"
        yield taken


@pytest.fixture
def consumer() -> DrainingQueueConsumer:
    made = DrainingQueueConsumer()
    made.container = SimpleNamespace(spawn_managed_thread=lambda *_, **__: None)
    return made


def stops(consumer: DrainingQueueConsumer) -> bool:
    consumer.on_iteration()
    return bool(consumer.should_stop)


def test_a_stop_waits_for_the_call_in_hand(consumer: DrainingQueueConsumer, messages: list[Any]) -> None:
    consumer.handle_message(PROVIDER, {}, messages[0])
    assert not stops(consumer)
    consumer.ack_message(messages[0])
    assert stops(consumer)


def test_a_call_from_before_a_lost_connection_does_not_hide_one_in_hand(
    consumer: DrainingQueueConsumer, messages: list[Any]
) -> None:
    consumer.handle_message(PROVIDER, {}, messages[0])
    consumer.on_connection_revived()
    consumer.handle_message(PROVIDER, {}, messages[1])
    consumer.ack_message(messages[0])
    assert not stops(consumer)
    consumer.ack_message(messages[1])
    assert stops(consumer)
