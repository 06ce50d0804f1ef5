"""More replicas, services that stop and start, a broker and a database that restart: no payment lost, no mail twice."""

import pytest

from tests.compose.stack import Stack
from tests.compose.town import owing, paying, settle
from tests.scenarios.payers import History
from tests.stack.api import Api
from tests.stack.builders import add_plan
from tests.stack.processes import wait_until

PAYERS = 18


@pytest.fixture(scope="module")
def api(stack: Stack) -> Api:
    return stack.admin()


@pytest.fixture(scope="module")
def plan(api: Api) -> str:
    return add_plan(api, "TV-REPLICAS")


def test_payments_go_on_while_replicas_are_added(stack: Stack, api: Api, plan: str, history: History) -> None:
    with paying(api, owing(api, plan, PAYERS), history):
        stack.up(billing=3, notify=2, gateway=2)
        wait_until("the new replicas", lambda: stack.healthy("billing") and stack.healthy("gateway"), 120)
    assert (len(stack.containers("billing")), len(stack.containers("notify"))) == (3, 2)
    assert settle(stack, history).problems == []


def test_no_payment_is_lost_while_services_stop_and_start(
    stack: Stack, api: Api, plan: str, history: History
) -> None:
    with paying(api, owing(api, plan, PAYERS), history):
        for service in ("notify", "billing", "gateway"):
            assert stack.stop_seconds(service) < 10, service
            assert set(stack.exit_codes(service)) == {0}, service
            stack.compose("start", service)
    assert settle(stack, history).problems == []


@pytest.mark.parametrize("server", ["rabbitmq", "postgres"])
def test_no_payment_is_lost_while_a_server_restarts(
    stack: Stack, api: Api, plan: str, history: History, server: str
) -> None:
    with paying(api, owing(api, plan, PAYERS), history):
        stack.restart(server)
        wait_until(f"{server} is back", lambda: stack.healthy(server), 120)
    assert settle(stack, history).problems == []


def test_a_gateway_that_died_is_passed_over_and_found_again(stack: Stack) -> None:
    first, *_ = stack.containers("gateway")
    stack.kill(first)
    wait_until("another gateway answers", stack.answers, 60)
    wait_until("it is started anew", lambda: first in stack.containers("gateway"), 60)
