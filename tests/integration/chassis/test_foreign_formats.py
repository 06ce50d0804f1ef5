"""Nothing on the bus but JSON is ever decoded (TRUST, check 19): pickle and YAML run what they hold when read."""

import pickle
from pathlib import Path
from typing import Any

import kombu
import pytest
import yaml

from chassis.bus import RPC_EXCHANGE, connection
from tests.integration.chassis.conftest import House
from tests.integration.chassis.test_bus_trouble import ask, undecodable
from tests.stack.processes import wait_until


class Touches:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self._path,)


def hostile(canary: Path) -> list[tuple[bytes, str, str]]:
    """Body, content type and encoding: in its own format, and posing as JSON."""
    pickled = pickle.dumps(Touches(canary))
    tagged = f"!!python/object/apply:os.system ['touch {canary}']".encode()
    return [
        (pickled, "application/x-python-serialize", "binary"), (pickled, "application/json", "utf-8"),
        (tagged, "application/x-yaml", "utf-8"), (tagged, "application/json", "utf-8"),
        (b"\x81\xa1a\x01", "application/x-msgpack", "binary"),
    ]  # fmt: skip


def publish(
    house: House, message: tuple[bytes, str, str], exchange: str, routing_key: str, **more: Any
) -> None:
    body, content_type, encoding = message
    with connection(house.amqp_uri) as bus:
        kombu.Producer(bus.channel()).publish(
            body, exchange=exchange, routing_key=routing_key, content_type=content_type,
            content_encoding=encoding, **more,
        )  # fmt: skip


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    return tmp_path / "executed"


def test_what_is_published_here_would_run(canary: Path) -> None:
    (pickled, _, _), _, (tagged, _, _), *_ = hostile(canary)
    pickle.loads(pickled)
    assert canary.exists()
    canary.unlink()
    yaml.unsafe_load(tagged)
    assert canary.exists()


def test_an_event_in_another_format_is_set_aside_and_not_carried_out(house: House, canary: Path) -> None:
    house.start("customers", "billing")
    for message in hostile(canary):
        publish(house, message, "customers.events", "BranchChanged")
    ask(house)
    wait_until("billing goes on", lambda: house.seen("billing") == 1, 20)
    wait_until("they are set aside", lambda: undecodable(house) == len(hostile(canary)), 20)
    assert not canary.exists()


def test_a_call_in_another_format_is_refused_and_not_carried_out(house: House, canary: Path) -> None:
    house.start("customers")
    for message in hostile(canary):
        publish(
            house, message, RPC_EXCHANGE.name, "customers.get_branch", reply_to="nowhere", correlation_id="1"
        )
    ask(house)
    assert house.processes[0].running and not canary.exists()


def test_a_reply_in_another_format_is_not_read(house: House, canary: Path) -> None:
    house.start("customers")
    ask(house)
    for message in hostile(canary):
        publish(house, message, RPC_EXCHANGE.name, house.client._reply_key, correlation_id="1")
    wait_until("the caller listens", house.client.connected, 20)
    ask(house)
    assert not canary.exists()
