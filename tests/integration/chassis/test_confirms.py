"""What is published in batches reaches a real broker whole, and is confirmed in any order (DESIGN, 3.2)."""

import itertools
import random
import uuid

import kombu
import pytest
from amqp import Message

from chassis.bus import BatchPublisher, Publication, connection, written_together


def event(key: str) -> Publication:
    return Publication("billing.events", key, "{}", str(uuid.uuid4()), mandatory=False)


def test_batches_for_slow_and_fast_queues_are_confirmed_whole(amqp_uri: str) -> None:
    publisher = BatchPublisher(amqp_uri)
    chance = random.Random(1)
    try:
        for _ in range(15):
            batch = [event(chance.choice(("PaymentMade", "PaymentVoided", "Unheard"))) for _ in range(200)]
            assert publisher.publish(batch) == {}
    finally:
        publisher.close()


def test_what_is_written_together_arrives_whole_and_in_order(amqp_uri: str) -> None:
    sizes = [0, 1, 65_535, 65_536, 200_000, *range(500)]
    with connection(amqp_uri) as connected:
        connected.connect()
        transport = connected.connection.transport
        write, written = transport._write, itertools.count()

        def counted(data: bytes) -> None:
            next(written)
            write(data)

        transport._write = counted
        queue = kombu.Queue("together", channel=connected.channel())
        queue.declare()
        before = next(written)
        with written_together(connected):
            for size in sizes:
                queue.channel.basic_publish(Message(b"x" * size), routing_key="together")
        pieces = next(written) - before
        came = [len(queue.get(no_ack=True).body) for _ in sizes]
    assert came == sizes
    assert pieces < len(sizes) / 20


def test_nothing_of_a_batch_that_fails_is_written_later(amqp_uri: str) -> None:
    with connection(amqp_uri) as connected:
        connected.connect()
        queue = kombu.Queue("together", channel=connected.channel())
        queue.declare()
        with pytest.raises(RuntimeError), written_together(connected):
            queue.channel.basic_publish(Message(b"lost"), routing_key="together")
            raise RuntimeError
        queue.channel.basic_publish(Message(b"next"), routing_key="together")
        assert queue.get(no_ack=True).body in (b"next", "next")
        assert queue.get(no_ack=True) is None
