"""How often this process may let an address ask that is not signed in, as customers has handed out (decision 0015)."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from flask import current_app, request

from contracts.calls.allowances import Allowance, TakeAllowance
from contracts.errors import Refusal, Throttled

Held = TypeVar("Held")


class Allowances:
    """What is left, by address; at most `size` of them; safe for threads."""

    def __init__(self, size: int = 10_000, *, tick: Callable[[], float] = time.monotonic) -> None:
        self._size, self._tick, self._lock = size, tick, Lock()
        self._left: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._refused: OrderedDict[str, tuple[float, Throttled]] = OrderedDict()

    def require_not_refused(self, key: str) -> None:
        """Raises Throttled while customers has none left for this address; asks nobody."""
        with self._lock:
            until, refusal = self._refused.get(key, (0.0, None))
            left = until - self._tick()
        if refusal is not None and left > 0:
            refusal.retry_after = max(1, int(left) + 1)
            raise refusal

    def spend(self, key: str, take: Callable[[], Allowance]) -> None:
        """One request; `take` asks customers when none is left. Raises Throttled.

        When customers is away the request is let through: what it asks for is away as well.
        """
        self.require_not_refused(key)
        if self._spend(key):
            return
        try:
            taken = take()
        except Throttled as refusal:
            self._keep(self._refused, key, (self._tick() + (refusal.retry_after or 1), refusal))
            raise
        except Refusal:
            return
        with self._lock:
            until, left = self._left.get(key, (0.0, 0))
            more = left if until > self._tick() else 0
        self._keep(self._left, key, (self._tick() + taken.seconds, more + taken.requests - 1))

    def _spend(self, key: str) -> bool:
        with self._lock:
            until, left = self._left.get(key, (0.0, 0))
            if until <= self._tick() or left < 1:
                return False
            self._left[key] = (until, left - 1)
            return True

    def _keep(self, where: OrderedDict[str, tuple[float, Held]], key: str, held: tuple[float, Held]) -> None:
        with self._lock:
            where[key] = held
            where.move_to_end(key)
            while len(where) > self._size:
                where.popitem(last=False)


def allowances() -> Allowances:
    """This application's."""
    found = current_app.extensions["headend.allowances"]
    assert isinstance(found, Allowances)  # noqa: S101 - for the type checker; create_app puts it there
    return found


def caller_address() -> str:
    """Where the request comes from, behind the proxies that are trusted."""
    return (request.remote_addr or "")[:100]


def taking(send: Callable[[TakeAllowance], Allowance]) -> Callable[[], Allowance]:
    """How to ask customers for more."""
    return lambda: send(TakeAllowance(address=caller_address()))
