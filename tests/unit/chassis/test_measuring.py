"""What waits in a service's database is measured every few seconds; what is not known is not told as if it were."""

import math
import shutil
from datetime import timedelta
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY, Counter
from sqlalchemy.exc import SQLAlchemyError

from chassis.clock import FixedClock
from chassis.database import DUE_AT_ONCE, count_after_commit
from chassis.inbox import InboxWorker
from chassis.jobs import note_backup
from chassis.measuring import Measuring
from chassis.outbox import emit
from chassis.platform import Platform
from chassis.reactions import Reactions
from chassis.tables import InboxRow
from contracts.events import PaymentMade
from contracts.samples import SAMPLES

COUNTED = Counter("headend_test_counted", "Counted by a test")


def told(name: str, **labels: str) -> float:
    """What Prometheus would be told by billing."""
    value = REGISTRY.get_sample_value(name, {"service": "billing", **labels})
    assert value is not None, name
    return value


def look(platform: Platform) -> None:
    Measuring(platform, lambda _session, _clock: None).step()


def receive(platform: Platform, clock: FixedClock, state: str) -> None:
    with platform.database.transaction() as session:
        session.add(InboxRow(
            event_id=uuid4(), type="PaymentMade", producer="billing", occurred_at=clock.now() - timedelta(hours=1),
            body=SAMPLES[PaymentMade].model_dump(mode="json"), received_at=clock.now(), state=state, attempts=0,
            next_attempt_at=DUE_AT_ONCE,
        ))  # fmt: skip


def test_an_empty_service_waits_for_nothing(platform: Platform) -> None:
    look(platform)
    for name in (
        "outbox_unsent",
        "outbox_oldest_seconds",
        "inbox_pending",
        "inbox_oldest_seconds",
        "inbox_parked",
    ):
        assert told(f"headend_{name}") == 0
    assert told("headend_database_up") == 1
    assert told("headend_database_bytes") > 4096


def test_unsent_events_and_the_age_of_the_oldest_are_told(platform: Platform, clock: FixedClock) -> None:
    for _ in range(2):
        with platform.database.transaction() as session:
            emit(session, SAMPLES[PaymentMade], clock)
        clock.move(timedelta(seconds=90))
    look(platform)
    assert (told("headend_outbox_unsent"), told("headend_outbox_oldest_seconds")) == (2, 180)


def test_received_events_wait_from_when_they_came_not_from_when_they_occurred(
    platform: Platform, clock: FixedClock
) -> None:
    receive(platform, clock, "pending")
    receive(platform, clock, "done")
    clock.move(timedelta(seconds=7))
    look(platform)
    assert (told("headend_inbox_pending"), told("headend_inbox_oldest_seconds")) == (1, 7)


def test_parked_events_are_told_apart(platform: Platform, clock: FixedClock) -> None:
    receive(platform, clock, "parked")
    look(platform)
    assert (told("headend_inbox_parked"), told("headend_inbox_pending")) == (1, 0)


def test_where_the_database_is_away_depths_are_unknown_instead_of_old(platform: Platform) -> None:
    look(platform)
    platform.database.close()
    shutil.rmtree(platform.settings.home)
    with pytest.raises(SQLAlchemyError):
        look(platform)
    assert told("headend_database_up") == 0
    for unknown in ("headend_outbox_unsent", "headend_database_bytes", "headend_backup_finished_seconds"):
        assert math.isnan(told(unknown))


def test_a_database_that_was_never_backed_up_says_so(platform: Platform, clock: FixedClock) -> None:
    look(platform)
    assert told("headend_backup_finished_seconds") == 0
    with platform.database.transaction() as session:
        note_backup(session, clock)
    look(platform)
    assert told("headend_backup_finished_seconds") == clock.now().timestamp()


def test_connections_in_use_are_told_as_they_are_when_asked(platform: Platform) -> None:
    look(platform)
    with platform.database.engine.connect():
        assert told("headend_pool_in_use") == 1
    assert told("headend_pool_in_use") == 0 < told("headend_pool_most")


def test_what_was_rolled_back_is_not_counted(platform: Platform) -> None:
    before = COUNTED._value.get()
    with pytest.raises(RuntimeError), platform.database.transaction() as session:
        count_after_commit(session, COUNTED)
        raise RuntimeError
    assert COUNTED._value.get() == before
    with platform.database.transaction() as session:
        count_after_commit(session, COUNTED)
    assert COUNTED._value.get() == before + 1


def test_the_age_of_an_event_is_counted_from_when_it_occurred(platform: Platform, clock: FixedClock) -> None:
    receive(platform, clock, "pending")
    before = REGISTRY.get_sample_value("headend_event_age_seconds_sum", {"service": "billing"}) or 0
    InboxWorker(platform, Reactions({PaymentMade: lambda _session, _event, _context: None})).step()
    assert told("headend_event_age_seconds_sum") - before == 3600
