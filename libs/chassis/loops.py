"""Background loops: each goes round until the process stops, survives its own errors, and shows that it is alive."""

import time
from collections.abc import Callable

from chassis import metrics
from chassis.logs import logger
from chassis.platform import Platform

log = logger(__name__)
SLOWEST_RETRY = 15.0
SIGN_OF_LIFE = 20.0
"""Seconds after which a loop that rests shows again that it is alive; well below health.STUCK_AFTER."""


class Loop:
    """One round is `step`, which returns True when there may be more to do at once.

    Between rounds the loop waits for `signal`, at most `idle` seconds, and after a signal for `gather` seconds more:
    what is signalled one by one is then done together. An error is logged; a growing pause follows.
    """

    def __init__(
        self,
        platform: Platform,
        name: str,
        step: Callable[[], bool],
        *,
        idle: float,
        signal: str | None = None,
        gather: float = 0.0,
    ) -> None:
        self._platform, self.name, self._step = platform, name, step
        self._idle, self._gather = idle, gather
        self._signal = platform.signal(signal or f"loop:{name}")
        self.seen = time.monotonic()
        """When it last ended a round or was resting; a loop not seen for long is stuck (chassis.health)."""

    def run(self) -> None:
        """Go round until the platform stops."""
        pause = 0.0
        while not self._platform.stopping.is_set():
            self._signal.clear()
            try:
                more, pause = self._step(), 0.0
            except Exception as error:
                pause = min(SLOWEST_RETRY, pause * 2 or 0.5)
                more = False
                log.warning("loop failed, going on", loop=self.name, error=repr(error), pause=pause,
                            exc_info=pause <= 1)  # fmt: skip
            self._show_life()
            if pause:
                self._platform.stopping.wait(pause)
            elif not more and not self._platform.stopping.is_set():
                self._rest()
            else:
                time.sleep(0)  # let the others have their turn

    def _rest(self) -> None:
        until = time.monotonic() + self._idle
        while (left := until - time.monotonic()) > 0 and not self._signal.wait(min(left, SIGN_OF_LIFE)):
            self._show_life()
        if left > 0 and self._gather:
            self._platform.stopping.wait(self._gather)

    def _show_life(self) -> None:
        self.seen = time.monotonic()
        metrics.LOOPS.labels(self._platform.service, self.name).set_to_current_time()
