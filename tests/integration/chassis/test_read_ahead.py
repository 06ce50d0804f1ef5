"""A connection that reads ahead gives every delivery whole, and asks the socket seldom."""

import itertools

import kombu
import pytest

from chassis.bus import connection, read_ahead

pytestmark = pytest.mark.real_servers


def test_deliveries_of_any_size_come_whole_and_in_order(amqp_uri: str) -> None:
    sizes = [0, 1, 8184, 8191, 8192, 8193, 200_000, *range(500)]
    with connection(amqp_uri) as connected:
        connected.connect()
        read_ahead(connected)
        transport = connected.connection.transport
        receive, asked = transport._quick_recv, itertools.count()

        def counted(size: int) -> bytes:
            next(asked)
            return bytes(receive(size))

        transport._quick_recv = counted
        queue = kombu.Queue("read-ahead", channel=connected.channel())
        queue.declare()
        producer = kombu.Producer(queue.channel)
        for size in sizes:
            producer.publish(b"x" * size, routing_key="read-ahead", content_type="application/data")
        came: list[int] = []
        with kombu.Consumer(
            queue.channel, [queue], on_message=lambda message: came.append(len(message.body))
        ):
            while len(came) < len(sizes):
                connected.drain_events(timeout=10)
        with pytest.raises(TimeoutError):
            connected.drain_events(timeout=0.1)
    assert came == sizes
    assert next(asked) < 4 * len(sizes)  # without it nine for each
