"""One job and period is done by one replica, and taken over when that one dies (DESIGN, 3)."""

from datetime import timedelta

import pytest

from chassis.clock import FixedClock
from chassis.jobs import LEASE, ClaimLost, claim, finish, hold
from chassis.platform import Platform


def test_a_job_is_claimed_once_for_a_period(platform: Platform) -> None:
    assert claim(platform, "status", "2026-11-21") is not None
    assert claim(platform, "status", "2026-11-21") is None
    assert claim(platform, "status", "2026-11-22") is not None


def test_a_finished_job_is_never_done_again(platform: Platform, clock: FixedClock) -> None:
    held = claim(platform, "status", "2026-11-21")
    assert held
    with platform.database.transaction() as session:
        finish(session, held, platform)
    clock.move(timedelta(days=30))
    assert claim(platform, "status", "2026-11-21") is None


def test_a_job_whose_replica_died_goes_on_from_its_progress(platform: Platform, clock: FixedClock) -> None:
    held = claim(platform, "bill", "2026-11")
    assert held
    with platform.database.transaction() as session:
        hold(session, held, platform, {"done": 500})
    clock.move(LEASE + timedelta(seconds=1))
    taken_over = claim(platform, "bill", "2026-11")
    assert taken_over is not None
    assert taken_over.progress == {"done": 500}


def test_a_replica_that_lost_its_job_cannot_write_another_chunk(
    platform: Platform, clock: FixedClock
) -> None:
    held = claim(platform, "bill", "2026-11")
    assert held
    clock.move(LEASE + timedelta(seconds=1))
    claim(platform, "bill", "2026-11")
    with pytest.raises(ClaimLost), platform.database.transaction() as session:
        hold(session, held, platform)


def test_a_failed_job_is_tried_again_after_a_while(platform: Platform, clock: FixedClock) -> None:
    held = claim(platform, "report", "1")
    assert held
    with platform.database.transaction() as session:
        finish(session, held, platform, problem="disk full")
    assert claim(platform, "report", "1") is None
    clock.move(timedelta(minutes=6))
    assert claim(platform, "report", "1") is not None
