"""Waiting until the read model knows what had happened when a report was asked for (contracts.calls.reports)."""

import threading
import time
from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.logs import logger
from chassis.platform import Platform
from chassis.repair import Repair
from contracts.errors import Refusal
from contracts.topology import producers_for
from reports.queries import has_pending_events, newest_known, oldest_missing

log = logger(__name__)

LONGEST = 30.0
"""Seconds of real time that a report waits at most."""
_PAUSE = 0.1
_CLOCKS_DIFFER = timedelta(seconds=2)
"""Another replica may receive an event by a clock that is ahead of ours."""


@dataclass(frozen=True)
class Caught:
    """`as_of`: the moment that the figures are true for. `caught_up`: that is the moment of asking, or a later one."""

    as_of: datetime
    caught_up: bool


def catch_up(platform: Platform, *, seconds: float = LONGEST) -> Generator[None, None, Caught]:
    """Take what the producers kept and the bus has not brought, then wait for its projections.

    Yields while it waits.
    """
    asked_at, deadline = platform.clock.now(), time.monotonic() + seconds
    asking = _Asking(platform, deadline)
    asking.start()
    while asking.is_alive() and time.monotonic() < deadline and not platform.stopping.is_set():
        asking.join(_PAUSE)
        yield
    silent = asking.silent()
    until = platform.clock.now() + _CLOCKS_DIFFER
    while _waiting(platform, until) and time.monotonic() < deadline and not platform.stopping.is_set():
        platform.stopping.wait(_PAUSE)
        yield
    return _moment(platform, asked_at, until, silent)


def _waiting(platform: Platform, until: datetime) -> bool:
    with platform.database.reading() as session:
        return has_pending_events(session, until)


def _moment(platform: Platform, asked_at: datetime, until: datetime, silent: frozenset[str]) -> Caught:
    with platform.database.reading() as session:
        missing = oldest_missing(session, until)
        known = [newest_known(session, producer) for producer in sorted(silent)]
    if missing is None and not silent:
        return Caught(asked_at, True)
    moments = [asked_at, missing, *known]
    return Caught(min(moment for moment in moments if moment is not None), False)


class _Asking(threading.Thread):
    """Asks every producer until it has answered or time is up; a thread, so that a long answer holds nobody up."""

    def __init__(self, platform: Platform, deadline: float) -> None:
        super().__init__(name="report-catches-up", daemon=True)
        self._platform, self._deadline = platform, deadline
        self._open = producers_for(platform.service)

    def silent(self) -> frozenset[str]:
        """The producers that have not answered to the end."""
        return frozenset(self._open)

    def run(self) -> None:
        """Ask until all have answered."""
        repair = Repair(self._platform)
        while self._open and time.monotonic() < self._deadline and not self._platform.stopping.is_set():
            for producer, types in list(self._open.items()):
                try:
                    repair.catch_up(producer, types)
                    del self._open[producer]
                except Refusal as refusal:
                    log.info("report waits for a service", producer=producer, reason=refusal.message)
                except Exception as error:  # noqa: BLE001 - the report then says that it has not caught up
                    log.warning("report cannot catch up", producer=producer, error=repr(error))
            if self._open:
                self._platform.stopping.wait(0.5)
