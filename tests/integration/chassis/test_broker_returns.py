"""A broker that was away and is back: how soon calls are answered again."""

import json
import uuid
from pathlib import Path

import pytest

from contracts.calls.customers import GetBranch
from contracts.errors import Unavailable
from tests.integration.chassis.conftest import House
from tests.real_servers.servers import PrivateRabbit
from tests.stack.processes import Process, wait_until

TRIES = 5
"""After so many, kombu's own pauses have grown to ten seconds, and go on to thirty."""


def is_answered(house: House) -> bool:
    try:
        house.client.call(GetBranch(branch_id=uuid.uuid4()), actor_token=house.token, timeout=1)
    except Unavailable:
        return False
    return True


def pauses(process: Process) -> list[float]:
    lines = (line for line in process.log().splitlines() if "the message bus is away" in line)
    return [float(json.loads(line)["pause"]) for line in lines]


@pytest.mark.slow
def test_calls_are_answered_within_seconds_of_the_brokers_return(
    tmp_path: Path, service_databases: dict[str, str], breakable_rabbitmq: PrivateRabbit
) -> None:
    with breakable_rabbitmq.vhost() as uri:
        house = House(tmp_path, service_databases, uri)
        try:
            toy = house.start("customers")
            wait_until("the first answer", lambda: is_answered(house), 25)
            breakable_rabbitmq.stop()
            wait_until(f"{TRIES} tries to connect", lambda: len(pauses(toy)) >= TRIES, 60)
            breakable_rabbitmq.start()
            wait_until("an answer after the broker's return", lambda: is_answered(house), 25)
            assert max(pauses(toy)) <= 2
        finally:
            house.client.close()
            for process in house.processes:
                process.kill()
