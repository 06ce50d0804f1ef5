"""Events are received once, reacted to once, retried with growing delays, and parked rather than lost (DESIGN, 3)."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis.clock import FixedClock
from chassis.inbox import BATCH, DELAYS, LEASE, InboxWorker, receive
from chassis.platform import Platform
from chassis.reactions import EventContext, Reactions
from chassis.tables import IdempotencyRow, InboxRow
from contracts.events import CustomerDeactivated, EventEnvelope
from contracts.samples import SAMPLES

SAMPLE = SAMPLES[CustomerDeactivated]


def envelope(reason: str = "moved away") -> EventEnvelope:
    body = SAMPLE.model_copy(update={"reason": reason}).model_dump(mode="json")
    return EventEnvelope(
        id=uuid4(),
        type="CustomerDeactivated",
        producer="customers",
        occurred_at="2026-11-21T12:00:00Z",
        body=body,
    )


def note(session: Session, event: Any, context: EventContext) -> None:
    """A reaction with an effect in the same database; fails where the event says so."""
    key = str(context.event_id)
    session.add(
        IdempotencyRow(
            scope="seen", key=key, fingerprint=event.reason, answer=None, created_at=context.clock.now()
        )
    )
    session.flush()
    if event.reason == "poison":
        raise ValueError("this event cannot be digested")


@pytest.fixture
def worker(platform: Platform) -> InboxWorker:
    return InboxWorker(platform, Reactions({CustomerDeactivated: note}))


def put(platform: Platform, *envelopes: EventEnvelope) -> int:
    with platform.database.transaction() as session:
        return receive(session, envelopes, platform, way="test")


def row(platform: Platform, event_id: UUID) -> InboxRow:
    with platform.database.reading() as session:
        return session.get_one(InboxRow, event_id)


def effects(platform: Platform) -> list[str]:
    with platform.database.reading() as session:
        return sorted(session.scalars(select(IdempotencyRow.fingerprint)))


def test_an_event_delivered_twice_stands_once_in_the_inbox(platform: Platform) -> None:
    event = envelope()
    assert put(platform, event, event) == 1
    assert put(platform, event) == 0


def test_a_reaction_runs_once_however_often_the_event_comes(platform: Platform, worker: InboxWorker) -> None:
    event = envelope()
    for _ in range(3):
        put(platform, event)
        worker.step()
    assert effects(platform) == ["moved away"]
    assert row(platform, event.id).state == "done"


def test_a_failing_event_does_not_hold_its_neighbours(platform: Platform, worker: InboxWorker) -> None:
    put(platform, envelope("a"), envelope("poison"), envelope("b"))
    worker.step()
    assert effects(platform) == ["a", "b"]


def test_a_failing_reaction_leaves_nothing_and_is_tried_again_later(
    platform: Platform, worker: InboxWorker, clock: FixedClock
) -> None:
    event = envelope("poison")
    put(platform, event)
    worker.step()
    assert effects(platform) == []
    assert worker.step() is False, "it is not due yet"
    clock.move(timedelta(seconds=DELAYS[0]))
    worker.step()
    assert row(platform, event.id).attempts == 2


def test_an_event_that_fails_too_often_is_parked_with_its_reason(
    platform: Platform, worker: InboxWorker, clock: FixedClock
) -> None:
    event = envelope("poison")
    put(platform, event)
    for _ in range(len(DELAYS) + 1):
        worker.step()
        clock.move(timedelta(seconds=max(DELAYS)))
    kept = row(platform, event.id)
    assert (kept.state, kept.last_error) == ("parked", "ValueError: this event cannot be digested")
    assert worker.step() is False


def test_an_event_that_took_its_process_down_is_tried_alone(
    platform: Platform, worker: InboxWorker, clock: FixedClock
) -> None:
    first, second = envelope("a"), envelope("b")
    put(platform, first, second)
    worker._claim()  # the process dies here: claimed, never marked
    assert worker.step() is False, "the lease still holds"
    clock.move(LEASE + timedelta(seconds=1))
    worker.step()
    assert len(effects(platform)) == 1
    worker.step()
    assert effects(platform) == ["a", "b"]


def test_an_event_that_takes_every_process_down_is_parked(
    platform: Platform, worker: InboxWorker, clock: FixedClock
) -> None:
    event = envelope()
    put(platform, event)
    for _ in range(len(DELAYS) + 1):
        worker._claim()  # the process dies here, each time
        clock.move(LEASE + timedelta(seconds=1))
    worker.step()
    assert row(platform, event.id).state == "parked"
    assert effects(platform) == []


def test_events_are_stored_in_one_order_in_whatever_order_they_come(platform: Platform) -> None:
    early, late = envelope(), envelope()
    late = late.model_copy(update={"occurred_at": early.occurred_at + timedelta(seconds=1)})
    put(platform, late, early)
    with platform.database.reading() as session:
        stored = session.scalars(select(InboxRow.event_id).order_by(text("rowid"))).all()
    assert stored == [early.id, late.id]


def test_work_whose_lease_was_taken_over_is_rolled_back(
    platform: Platform, worker: InboxWorker, clock: FixedClock
) -> None:
    put(platform, envelope("slow"))
    token, rows, _ = worker._claim()
    clock.move(LEASE + timedelta(seconds=1))
    worker.step()
    worker._react_together(token, rows)  # the slow one comes back
    assert effects(platform) == ["slow"]


def test_a_full_batch_asks_for_another_round(platform: Platform, worker: InboxWorker) -> None:
    put(platform, *(envelope(str(number)) for number in range(BATCH + 1)))
    assert worker.step() is True
    assert worker.step() is False, "nothing is left"
    assert len(effects(platform)) == BATCH + 1
