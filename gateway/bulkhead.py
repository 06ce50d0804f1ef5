"""A bulkhead: when most threads hang on calls, further requests are refused at once instead of hanging too."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition

from contracts.errors import Unavailable


class Busy(Unavailable):
    """Too many calls are waiting for answers; nothing was sent."""

    code = "busy"
    retry_after = 2


class Bulkhead:
    """At most `limit` calls at a time.

    A full house that moves is waited for, up to `patience` seconds. A full house of which half has waited longer than
    `stuck_after` does not move, and the next caller is refused at once, so that threads stay free for `/health/live`.
    """

    def __init__(
        self,
        limit: int,
        *,
        patience: float = 1.0,
        stuck_after: float = 1.0,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = limit
        self._patience = patience
        self._stuck_after = stuck_after
        self._tick = tick
        self._changed = Condition()
        self._started: dict[object, float] = {}

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold one of the places. Raises Busy when there is none to be had."""
        key = object()
        with self._changed:
            free = self._changed.wait_for(lambda: self._free() or self._stuck(), timeout=self._patience)
            if not free or not self._free():
                raise Busy(
                    "Headend is waiting for its services and takes no more requests just now. Try again shortly."
                )
            self._started[key] = self._tick()
        try:
            yield
        finally:
            with self._changed:
                del self._started[key]
                self._changed.notify()

    def _free(self) -> bool:
        return len(self._started) < self._limit

    def _stuck(self) -> bool:
        middle = sorted(self._started.values())[len(self._started) // 2]
        return middle < self._tick() - self._stuck_after
