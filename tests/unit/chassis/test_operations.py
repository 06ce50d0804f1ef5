"""What a service says is stuck in it: parked events, events on their way, jobs that failed or stopped."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from chassis.clock import FixedClock
from chassis.database import DUE_AT_ONCE
from chassis.jobs import claim, finish
from chassis.operations import operations_of
from chassis.outbox import emit
from chassis.platform import Platform
from chassis.tables import InboxRow
from contracts.calls.operations import OperationsView
from contracts.events import PaymentMade
from contracts.samples import SAMPLES


def look(platform: Platform) -> OperationsView:
    with platform.database.reading() as session:
        return operations_of(session, platform.clock)


def received(session: Session, clock: FixedClock, state: str) -> None:
    session.add(
        InboxRow(
            event_id=uuid4(), type="PaymentMade", producer="billing", occurred_at=clock.now(), body={},
            received_at=clock.now(), state=state, attempts=8, next_attempt_at=DUE_AT_ONCE, last_error="KeyError: 'x'",
        )
    )  # fmt: skip


def test_where_nothing_is_stuck_nothing_is_said(platform: Platform) -> None:
    assert look(platform) == OperationsView(parked=0, parked_events=(), unsent=0, pending=0, jobs=())


def test_events_are_counted_by_where_they_wait(platform: Platform, clock: FixedClock) -> None:
    with platform.database.transaction() as session:
        for state in ("parked", "parked", "pending", "done"):
            received(session, clock, state)
        emit(session, SAMPLES[PaymentMade], clock)
    found = look(platform)
    assert (found.parked, found.pending, found.unsent) == (2, 1, 1)
    assert {event.problem for event in found.parked_events} == {"KeyError: 'x'"}


def test_a_failed_job_is_listed_and_a_done_one_is_not(platform: Platform, clock: FixedClock) -> None:
    for day, problem in (("2026-11-20", None), ("2026-11-21", "no room")):
        held = claim(platform, "branch-day", day)
        assert held
        with platform.database.transaction() as session:
            finish(session, held, platform, problem=problem)
    (job,) = look(platform).jobs
    assert (job.job, job.of, job.state, job.problem) == ("branch-day", "2026-11-21", "failed", "no room")


def test_a_job_that_nobody_took_over_has_stopped(platform: Platform, clock: FixedClock) -> None:
    assert claim(platform, "report", "1")
    assert look(platform).jobs == ()
    clock.move(timedelta(minutes=10))
    assert [(job.job, job.state) for job in look(platform).jobs] == [("report", "stopped")]
    clock.move(timedelta(days=8))
    assert look(platform).jobs == ()
