"""A machine whose clock is wrong by much follows its database server's."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chassis.clock import SystemClock

HOUR = timedelta(hours=1)


def compared(server_is_ahead: timedelta, clock: SystemClock | None = None) -> tuple[SystemClock, timedelta]:
    """A clock after it was compared, and how far ahead of the server it was found."""
    clock = clock or SystemClock()
    return clock, clock.compare(datetime.now(UTC) + server_is_ahead, clock.now())


@pytest.mark.parametrize("by", [HOUR, -HOUR, timedelta(seconds=3)])
def test_a_clock_that_is_far_off_follows_the_server(by: timedelta) -> None:
    clock, ahead = compared(by)
    assert abs(clock.now() - (datetime.now(UTC) + by)) < timedelta(seconds=0.5)
    assert abs(ahead + by) < timedelta(seconds=0.5)


def test_a_small_difference_is_told_and_left_alone() -> None:
    clock, ahead = compared(timedelta(seconds=1))
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=0.5)
    assert timedelta(seconds=-1.5) < ahead < timedelta(seconds=-0.5)


def test_the_machine_s_own_clock_is_measured_though_another_is_followed() -> None:
    clock, _ = compared(HOUR)
    _, again = compared(HOUR, clock)
    assert abs(again + HOUR) < timedelta(seconds=0.5)


def test_a_machine_that_was_put_right_goes_by_itself_again() -> None:
    clock, _ = compared(HOUR)
    compared(timedelta(), clock)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=0.5)


def test_the_day_of_a_branch_is_the_server_s() -> None:
    clock, _ = compared(timedelta(days=2))
    assert clock.today("UTC") == (datetime.now(UTC) + timedelta(days=2)).date()
    pinned, _ = compared(timedelta(days=2), SystemClock(date(2026, 5, 4)))
    assert pinned.today("UTC") == date(2026, 5, 4)
