"""What RabbitMQ, nameko and dying processes do to calls and events, on the real parts (BUS, 2)."""

import json
import signal
import threading
import time
import uuid
from functools import partial
from pathlib import Path

import kombu
import pytest

from chassis.bus import RPC_EXCHANGE, UNDECODABLE, connection
from contracts.calls.billing import ListPlans
from contracts.calls.customers import GetBranch
from contracts.errors import Refusal, Unauthenticated, Unavailable
from tests.integration.chassis.conftest import House
from tests.integration.chassis.proxy import Proxy
from tests.stack.processes import wait_until


def ask(house: House) -> None:
    house.client.call(GetBranch(branch_id=uuid.uuid4()), actor_token=house.token)


def publish(house: House, body: str, exchange: str, routing_key: str, **properties: object) -> None:
    with connection(house.amqp_uri) as bus:
        kombu.Producer(bus.channel()).publish(
            body, exchange=exchange, routing_key=routing_key, content_type="application/json",
            content_encoding="utf-8", **properties,
        )  # fmt: skip


def has_seen(house: House, service: str, events: int) -> bool:
    return house.seen(service) == events


def undecodable(house: House) -> int:
    """How many deliveries were set aside for people."""
    with connection(house.amqp_uri) as bus:
        return int(bus.channel().queue_declare(UNDECODABLE, passive=True).message_count)


def ask_in_vain(house: House) -> None:
    with pytest.raises(Unavailable):
        ask(house)


def answers(house: House) -> bool:
    try:
        ask(house)
    except Unavailable:
        return False
    return True


def test_every_listener_reacts_once_to_each_event(house: House) -> None:
    house.start("customers", "billing", "notify", "reports")
    for _ in range(50):
        ask(house)
    for service in ("billing", "notify", "reports"):
        wait_until(f"{service} has seen all", partial(has_seen, house, service, 50), 20)
    assert house.count("customers", "SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 0


def test_a_listener_that_was_away_gets_what_happened_meanwhile(house: House) -> None:
    house.start("customers")
    ask(house)
    house.start("billing")
    wait_until("billing has seen it", lambda: house.seen("billing") == 1, 20)


def test_events_that_the_broker_lost_are_repaired_from_the_outbox(house: House) -> None:
    house.start("customers")
    for _ in range(5):
        ask(house)
    wait_until(
        "sent", lambda: house.count("customers", "SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 0, 10
    )
    with connection(house.amqp_uri) as bus:
        bus.channel().queue_purge("inbox-billing")
    house.start("billing")
    wait_until("billing has seen all", lambda: house.seen("billing") == 5, 20)


def test_a_call_without_reply_address_or_sense_does_not_stop_the_service(house: House) -> None:
    house.start("customers")
    for body in ('{"args": [], "kwargs": {}}', "{broken", "null", '{"args": []}'):
        publish(house, body, RPC_EXCHANGE.name, "customers.get_branch")
    publish(
        house, '{"args": [], "kwargs": {}}', RPC_EXCHANGE.name, "customers.get_branch", reply_to="nowhere"
    )
    ask(house)
    assert house.processes[0].running


def test_a_delivery_that_is_no_event_is_set_aside_and_kept(house: House) -> None:
    house.start("customers", "billing")
    publish(house, "{broken", "customers.events", "BranchChanged")
    publish(house, json.dumps({"id": "no uuid"}), "customers.events", "BranchChanged")
    ask(house)
    wait_until("billing goes on", lambda: house.seen("billing") == 1, 10)
    # notify's and reports' queues hold theirs until they run
    assert undecodable(house) == 2


@pytest.mark.parametrize(
    "unstorable",
    [{"trace": "x" * 81}, {"producer": "\x00"}, {"body": {"amount": float("nan")}}],
    ids=["too long", "NUL", "no number"],
)
def test_an_event_that_the_database_refuses_does_not_hold_its_neighbours(
    house: House, unstorable: dict[str, object]
) -> None:
    house.start("customers", "billing")
    sound = {"id": str(uuid.uuid4()), "type": "BranchChanged", "producer": "customers", "body": {},
             "occurred_at": "2026-11-21T12:00:00Z"}  # fmt: skip
    publish(house, json.dumps(sound | unstorable), "customers.events", "BranchChanged")
    ask(house)
    wait_until("billing goes on", lambda: house.seen("billing") == 1, 10)
    wait_until("the other is set aside", lambda: undecodable(house) == 1, 10)


def test_an_event_that_kills_its_listener_is_parked_and_its_neighbours_live(house: House) -> None:
    house.start("customers", test_name="CRASH")
    ask(house)
    house.processes[0].terminate()
    house.start("customers")
    house.start("billing", log_level="ERROR")
    house.processes[-1].wait(20)
    ask(house)
    house.start("billing")
    wait_until("the neighbour was seen", lambda: house.seen("billing") == 1, 20)


def test_an_unknown_service_is_said_at_once(house: House) -> None:
    house.start("customers")
    started = time.monotonic()
    with pytest.raises(Unavailable):
        house.client.call(ListPlans(), actor_token=house.token)
    assert time.monotonic() - started < 3


def test_a_call_that_takes_too_long_is_given_up_and_not_done_later(house: House) -> None:
    process = house.start("customers")
    ask(house)
    process._popen.send_signal(signal.SIGSTOP)  # type: ignore[union-attr]  # it was just started
    with pytest.raises(Unavailable):
        house.client.call(GetBranch(branch_id=uuid.uuid4()), actor_token=house.token, timeout=1)
    time.sleep(0.5)
    process._popen.send_signal(signal.SIGCONT)  # type: ignore[union-attr]  # it was just started
    ask(house)
    assert house.count("customers", "SELECT count(*) FROM outbox") == 2


def test_a_caller_without_a_genuine_token_is_refused(house: House) -> None:
    house.start("customers")
    for token in ("", "forged.token"):
        with pytest.raises(Unauthenticated):
            house.client.call(GetBranch(branch_id=uuid.uuid4()), actor_token=token)


def test_a_stop_finishes_the_call_in_hand_once(house: House) -> None:
    process = house.start("customers", test_slow="4")
    outcome: list[object] = []

    def slow() -> None:
        try:
            outcome.append(
                house.client.call(GetBranch(branch_id=uuid.uuid4()), actor_token=house.token, timeout=8)
            )
        except Refusal as refusal:
            outcome.append(refusal)

    caller = threading.Thread(target=slow)
    caller.start()
    time.sleep(1)
    assert process.terminate() == 0
    caller.join()
    assert not isinstance(outcome[0], Refusal)
    house.start("customers")
    time.sleep(2)
    assert house.count("customers", "SELECT count(*) FROM outbox") == 1


def test_a_call_in_hand_when_the_connection_broke_is_not_carried_out_twice(
    tmp_path: Path, service_databases: dict[str, str], amqp_uri: str
) -> None:
    proxy = Proxy(amqp_uri)
    house = House(tmp_path, service_databases, proxy.uri)
    try:
        house.start("customers", test_slow="3")
        caller = threading.Thread(target=ask_in_vain, args=(house,))
        caller.start()
        time.sleep(1)
        proxy.cut()
        caller.join()
        time.sleep(8)  # the broken one ends, and a second one would have ended too
        assert house.count("customers", "SELECT count(*) FROM outbox") == 1
    finally:
        house.close()
        proxy.close()


def test_a_stop_while_the_broker_is_away_ends_in_order(
    tmp_path: Path, service_databases: dict[str, str], amqp_uri: str
) -> None:
    proxy = Proxy(amqp_uri)
    house = House(tmp_path, service_databases, proxy.uri)
    try:
        process = house.start("customers", "billing")
        proxy.close()
        time.sleep(1.5)
        assert process.terminate() == 0
    finally:
        house.close()


def test_queues_that_somebody_deleted_are_made_again(house: House) -> None:
    house.start("customers", "billing")
    ask(house)
    wait_until("billing has seen it", lambda: house.seen("billing") == 1, 20)
    with connection(house.amqp_uri) as bus:
        for queue in ("inbox-billing", "rpc-customers"):
            bus.channel().queue_delete(queue)
    wait_until("calls are answered again", lambda: answers(house), 20)
    wait_until("billing has seen the second", lambda: house.seen("billing") == 2, 20)


def test_two_replicas_react_once_to_each_event(house: House) -> None:
    house.start("customers")
    for _ in range(2):
        house.start("billing")
    for _ in range(60):
        ask(house)
    wait_until("every event was seen", lambda: house.seen("billing") == 60, 40)
    tries = "SELECT count(*) FROM inbox WHERE state <> 'done' OR attempts <> 1"
    assert house.count("billing", tries) == 0
