"""A caller without a database, on a machine whose clock is wrong, goes by the time in answers (decision 0019)."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from chassis.clock import SystemClock
from chassis.rpc_client import RpcClient
from contracts.calls.customers import GetBranch
from contracts.errors import Unavailable
from tests.integration.chassis.conftest import House

HOUR = timedelta(hours=1)
ASKED = GetBranch(branch_id=uuid.uuid4())


class Wrong(SystemClock):
    """The clock of a machine that is wrong."""

    def __init__(self, ahead: timedelta) -> None:
        super().__init__()
        self._wrong = ahead

    def now(self) -> datetime:
        """The wrong moment, but for what was found of it."""
        return super().now() + self._wrong


@pytest.mark.parametrize("ahead", [-HOUR, HOUR])
def test_the_first_answer_puts_a_gateway_s_clock_right(house: House, ahead: timedelta) -> None:
    house.start("customers")
    clock = Wrong(ahead)
    gateway = RpcClient(house.amqp_uri, name="gateway", seconds=5, clock=clock, follows_answers=True)
    try:
        if ahead < timedelta():
            with pytest.raises(Unavailable, match="gave up waiting"):
                gateway.call(ASKED, actor_token=house.token)
        assert gateway.call(ASKED, actor_token=house.token).code == "MAIN"
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=2)
    finally:
        gateway.close()


def test_a_service_goes_by_its_database_and_not_by_answers(house: House) -> None:
    house.start("customers")
    clock = Wrong(HOUR)
    service = RpcClient(house.amqp_uri, name="reports", seconds=5, clock=clock)
    try:
        service.call(ASKED, actor_token=house.token)
        assert clock.now() - datetime.now(UTC) > timedelta(minutes=59)
    finally:
        service.close()
