"""A process whose loops or calls stand still is not live; one whose bus or database is away is not ready (BUS, 7)."""

import time

import pytest

from chassis import health
from chassis.platform import Platform
from chassis.reactions import EventContext, Reactions
from chassis.rpc_server import DrainingQueueConsumer
from chassis.runner import Runner
from chassis.service import Service
from chassis.settings import Settings
from contracts.events import Event
from contracts.topology import LISTENERS
from tests.stack.processes import wait_until


def ignore(_session: object, _event: Event, _context: EventContext) -> None:
    """React to nothing."""


class BillingToy(Service):
    """Only what every service has."""

    name = "billing"
    reactions = Reactions(dict.fromkeys(LISTENERS["billing"], ignore))


@pytest.fixture
def runner(platform: Platform, settings: Settings) -> Runner:
    return Runner(settings, [(BillingToy, platform)])


def test_a_process_is_live_when_it_starts(runner: Runner) -> None:
    assert runner.health.live() == {}


def test_a_process_that_takes_no_calls_any_more_is_not_live(runner: Runner) -> None:
    (container,) = runner._containers
    (consumer,) = (
        extension for extension in container.subextensions if isinstance(extension, DrainingQueueConsumer)
    )
    consumer.seen = time.monotonic() - health.STUCK_AFTER - 1
    assert set(runner.health.live()) == {"billing.calls"}


def test_a_process_that_only_waits_for_the_bus_is_live(runner: Runner) -> None:
    (container,) = runner._containers
    for extension in container.subextensions:
        if isinstance(extension, DrainingQueueConsumer):
            extension.seen = time.monotonic() - health.STUCK_AFTER - 1
            extension.on_connection_error(OSError("connection refused"), 1.0)
    assert runner.health.live() == {}


def test_a_process_whose_bus_is_away_is_not_ready(runner: Runner, platform: Platform) -> None:
    wait_until("it has connected", lambda: runner.health.ready() == {}, 5)
    platform.client.close()
    wait_until("it noticed", lambda: set(runner.health.ready()) == {"bus"}, 5)
