"""A background loop goes on after its own errors, ends when told, and never looks dead while it rests (DESIGN, 3)."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from chassis import health, loops
from chassis.loops import Loop
from chassis.platform import Platform
from tests.stack.processes import wait_until


class Rounds:
    """A step that counts its rounds and has nothing more to do."""

    def __init__(self, *, fails_first: bool = False) -> None:
        self.count, self._fails_first = 0, fails_first

    def __call__(self) -> bool:
        self.count += 1
        if self._fails_first and self.count == 1:
            raise RuntimeError("once")
        return False


@contextmanager
def running(platform: Platform, step: Callable[[], bool], idle: float) -> Iterator[Loop]:
    loop = Loop(platform, "some", step, idle=idle)
    thread = threading.Thread(target=loop.run)
    thread.start()
    yield loop
    platform.stop()
    thread.join(5)
    assert not thread.is_alive(), "the loop ends at once when the platform stops"


def test_a_loop_that_rests_for_an_hour_is_alive(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "SIGN_OF_LIFE", 0.02)
    monkeypatch.setattr(health, "STUCK_AFTER", 0.5)
    rounds = Rounds()
    with running(platform, rounds, idle=3600) as loop:
        time.sleep(0.8)
        assert health.loop_check(loop)() is None
        assert rounds.count == 1


def test_a_loop_whose_round_does_not_end_is_stuck(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "SIGN_OF_LIFE", 0.02)
    monkeypatch.setattr(health, "STUCK_AFTER", 0.2)
    with running(platform, lambda: platform.stopping.wait(2), idle=0.1) as loop:
        time.sleep(0.4)
        assert health.loop_check(loop)() is not None


def test_a_signal_ends_a_long_rest(platform: Platform) -> None:
    rounds = Rounds()
    with running(platform, rounds, idle=3600):
        wait_until("the first round", lambda: rounds.count == 1, 5)
        platform.signal("loop:some").set()
        wait_until("the second round", lambda: rounds.count == 2, 5)


def test_a_loop_goes_on_after_an_error(platform: Platform) -> None:
    rounds = Rounds(fails_first=True)
    with running(platform, rounds, idle=3600):
        wait_until("the round after the error", lambda: rounds.count == 2, 5)


def test_every_rest_shows_life_before_it_counts_as_stuck() -> None:
    assert loops.SIGN_OF_LIFE < health.STUCK_AFTER / 2
