"""A broker that was away and is back: how soon calls are answered again."""

import time
import uuid
from pathlib import Path

import pytest

from contracts.calls.customers import GetBranch
from contracts.errors import Unavailable
from tests.integration.chassis.conftest import House
from tests.real_servers.servers import PrivateRabbit
from tests.stack.processes import wait_until

AWAY_SECONDS = 13.0
"""After so long kombu's own pauses between tries have grown to eight seconds."""


def is_answered(house: House) -> bool:
    try:
        house.client.call(GetBranch(branch_id=uuid.uuid4()), actor_token=house.token, timeout=1)
    except Unavailable:
        return False
    return True


@pytest.mark.slow
def test_calls_are_answered_within_seconds_of_the_brokers_return(
    tmp_path: Path, service_databases: dict[str, str], breakable_rabbitmq: PrivateRabbit
) -> None:
    with breakable_rabbitmq.vhost() as uri:
        house = House(tmp_path, service_databases, uri)
        try:
            house.start("customers")
            wait_until("the first answer", lambda: is_answered(house), 10)
            breakable_rabbitmq.stop()
            time.sleep(AWAY_SECONDS)
            breakable_rabbitmq.start()
            wait_until("an answer after the broker's return", lambda: is_answered(house), 5)
        finally:
            house.client.close()
            for process in house.processes:
                process.kill()
