"""What a caller meets when the way to the broker breaks (DESIGN, 4; BUS, 2.2)."""

import threading
import time
from collections.abc import Iterator

import kombu
import pytest

from chassis.bus import RPC_EXCHANGE, connection
from chassis.rpc_client import RpcClient
from contracts.calls.billing import ListPlans
from contracts.errors import Unavailable
from tests.integration.chassis.proxy import Proxy
from tests.real_servers.servers import PrivateRabbit
from tests.stack.processes import wait_until

BILLING = kombu.Queue("rpc-billing", RPC_EXCHANGE, routing_key="billing.*", durable=True)


@pytest.fixture
def proxy(amqp_uri: str) -> Iterator[Proxy]:
    made = Proxy(amqp_uri)
    yield made
    made.close()


@pytest.fixture
def client(proxy: Proxy) -> Iterator[RpcClient]:
    made = RpcClient(proxy.uri, name="test", seconds=5, publishers=1)
    wait_until("the client is connected", made.connected, 10)
    yield made
    made.close()


def waiting(amqp_uri: str) -> int:
    """How many calls wait for billing, which does not run."""
    with connection(amqp_uri) as bus:
        return int(BILLING(bus.channel()).queue_declare().message_count)


def test_a_call_whose_confirm_was_lost_is_not_sent_again(
    amqp_uri: str, proxy: Proxy, client: RpcClient
) -> None:
    with connection(amqp_uri) as bus:
        BILLING(bus.channel()).declare()
    with pytest.raises(Unavailable):
        client.call(ListPlans(), timeout=0.5)
    wait_until("the first call is over", lambda: waiting(amqp_uri) == 0, 5)
    proxy.cut_after = b"billing.list_plans"
    with pytest.raises(Unavailable):
        client.call(ListPlans())
    time.sleep(0.5)
    assert waiting(amqp_uri) == 1


def test_a_client_that_the_broker_still_believes_in_gets_answers_again_at_once(
    proxy: Proxy, client: RpcClient
) -> None:
    proxy.forget_clients()
    wait_until("the client noticed", lambda: not client.connected(), 5)
    wait_until("answers reach the client again", client.connected, 8)


def test_no_caller_waits_longer_than_promised_while_the_broker_takes_nothing(
    breakable_rabbitmq: PrivateRabbit,
) -> None:
    client = RpcClient(breakable_rabbitmq.uri, name="test", seconds=3, publishers=2)
    wait_until("the client is connected", client.connected, 10)
    breakable_rabbitmq.control("set_vm_memory_high_watermark", "absolute", "1MB")
    times: list[float] = []

    def call() -> None:
        started = time.monotonic()
        with pytest.raises(Unavailable):
            client.call(ListPlans())
        times.append(time.monotonic() - started)

    callers = [threading.Thread(target=call) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(20)
    breakable_rabbitmq.control("set_vm_memory_high_watermark", "0.4")
    client.close()
    assert len(times) == len(callers)
    assert max(times) < 3 + 1.5
