"""A hurried pace divides what waits, and never makes a lease so short that a busy machine looks dead."""

from datetime import timedelta

import pytest

from chassis import pace


def test_nothing_is_hurried_unless_told_to() -> None:
    assert (pace.lease(30), pace.pause(30)) == (timedelta(seconds=30), timedelta(seconds=30))


def test_pauses_are_divided_and_leases_down_to_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "HURRY", 10.0)
    assert (pace.pause(30), pace.lease(60), pace.lease(30)) == tuple(timedelta(seconds=s) for s in (3, 6, 5))
