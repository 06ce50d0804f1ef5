"""An event exists exactly when its transaction was committed, and reaches the listeners over the bus (DESIGN, 3)."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import kombu
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from chassis.bus import connection
from chassis.clock import FixedClock
from chassis.database import Database
from chassis.listener import Listener
from chassis.logs import tracing
from chassis.outbox import RELAY, emit
from chassis.platform import Platform
from chassis.relay import Relay
from chassis.settings import Settings
from chassis.tables import ChassisBase, InboxRow, OutboxRow
from contracts.events import PaymentMade
from contracts.samples import SAMPLES

EVENT = PaymentMade.model_validate(SAMPLES[PaymentMade].model_dump(mode="json"))


@pytest.fixture(autouse=True)
def empty_memory_bus() -> None:
    """The memory bus outlives a test; another test's messages must not come here."""
    from kombu.transport.memory import Channel, Transport

    Channel.queues.clear()
    Transport.global_state.clear()


def rows(platform: Platform) -> list[OutboxRow]:
    with platform.database.reading() as session:
        return list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


def test_an_event_of_a_rolled_back_transaction_does_not_exist(platform: Platform) -> None:
    with pytest.raises(RuntimeError), platform.database.transaction() as session:
        emit(session, EVENT, platform.clock)
        raise RuntimeError
    assert rows(platform) == []
    assert not platform.signal(RELAY).is_set()


def test_a_committed_event_wakes_the_relay_and_carries_trace_and_subject(platform: Platform) -> None:
    with tracing("trace-1"), platform.database.transaction() as session:
        emit(session, EVENT, platform.clock)
    (row,) = rows(platform)
    assert (row.type, row.trace, row.subject_id) == ("PaymentMade", "trace-1", EVENT.customer.id)
    assert platform.signal(RELAY).is_set()


def test_relay_and_listener_bring_each_event_once(
    platform: Platform, settings: Settings, clock: FixedClock
) -> None:
    reports = Platform("reports", settings, platform.client, clock=clock)
    ChassisBase.metadata.create_all(reports.database.engine)
    listener = Listener(reports)
    listener.step()
    with platform.database.transaction() as session:
        ids = {emit(session, EVENT, platform.clock) for _ in range(3)}
    Relay(platform).step()
    listener.step()
    listener.close()
    with reports.database.reading() as session:
        received = list(session.scalars(select(InboxRow)))
    assert {row.event_id for row in received} == ids
    assert PaymentMade.model_validate(received[0].body) == EVENT
    assert all(row.sent_at for row in rows(platform))


def test_a_lease_that_ends_lets_another_relay_send(platform: Platform, clock: FixedClock) -> None:
    with platform.database.transaction() as session:
        emit(session, EVENT, platform.clock)
    Relay(platform)._lease()  # this relay dies with the row in hand
    relay = Relay(platform)
    assert relay.step() is False
    assert rows(platform)[0].sent_at is None
    clock.move(timedelta(seconds=31))
    relay.step()
    assert rows(platform)[0].sent_at is not None


def test_an_event_committed_late_is_not_passed_over(platform: Platform) -> None:
    with platform.database.transaction() as session:
        emit(session, EVENT, platform.clock)
        emit(session, EVENT, platform.clock)
    with platform.database.transaction() as session:  # the first commits only after the second was sent
        session.execute(update(OutboxRow).where(OutboxRow.id == 2).values(sent_at=platform.clock.now()))
    Relay(platform).step()
    assert all(row.sent_at for row in rows(platform))


def envelope_with(**changes: Any) -> str:
    """A delivery that is an event in form, with something that no database stores."""
    sound = {"id": str(uuid4()), "type": "PaymentMade", "producer": "billing", "body": {},
             "occurred_at": "2026-11-21T12:00:00Z"}  # fmt: skip
    return json.dumps(sound | changes)


@pytest.mark.parametrize(
    "body",
    [
        "{not json",
        json.dumps({"id": "x"}),
        "null",
        "[" * 100_000,
        envelope_with(occurred_at="2026-11-21T12:00:00"),
        envelope_with(trace="\ud800"),
    ],
    ids=["no json", "no event", "null", "too deep", "no time zone", "no text"],
)
def test_what_is_no_event_is_set_aside_and_its_neighbours_arrive(
    platform: Platform, settings: Settings, body: str
) -> None:
    reports = Platform("reports", settings, platform.client, clock=platform.clock)
    ChassisBase.metadata.create_all(reports.database.engine)
    listener = Listener(reports)
    listener.step()
    with connection(settings.amqp_uri) as bus:
        producer = kombu.Producer(bus.channel())
        producer.publish(body, exchange="billing.events", routing_key="PaymentMade",
                         content_type="application/json", content_encoding="utf-8")  # fmt: skip
    with platform.database.transaction() as session:
        emit(session, EVENT, platform.clock)
    Relay(platform).step()
    listener.step()
    listener.close()
    assert count(reports) == 1


def count(platform: Platform) -> Any:
    with platform.database.reading() as session:
        return len(session.scalars(select(InboxRow)).all())


def test_a_listener_whose_database_is_away_leaves_events_with_the_broker(
    platform: Platform, settings: Settings
) -> None:
    reports = Platform("reports", settings, platform.client, clock=platform.clock)
    ChassisBase.metadata.create_all(reports.database.engine)
    declaring = Listener(reports)
    declaring.step()
    declaring.close()
    with platform.database.transaction() as session:
        emit(session, EVENT, platform.clock)
    Relay(platform).step()
    working, reports.database = reports.database, Database("postgresql://nobody@127.0.0.1:1/nothing")
    listener = Listener(reports)
    with pytest.raises(OperationalError):
        listener.step()
    assert listener._connection is None
    reports.database = working
    listener.step()
    listener.close()
    assert count(reports) == 1
