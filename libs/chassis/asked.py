"""A call under way, as its caller sees it: where its answer goes, how long it is waited for, what is measured of it."""

import time
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from chassis import metrics
from contracts.errors import Failed, Refusal, Unavailable


@dataclass(frozen=True)
class Asked:
    """A request that is under way; `began` and `deadline` are of time.monotonic()."""

    caller: str
    service: str
    method: str
    correlation: str
    future: Future[dict[str, Any]]
    began: float
    deadline: float

    def measure(self, _future: object = None) -> None:
        """The wait is over: an answer came, or nobody waits for one any more."""
        seconds = metrics.ASKED_SECONDS.labels(self.caller, self.service, self.method)
        seconds.observe(time.monotonic() - self.began)

    def count(self, refusal: Refusal | None = None) -> None:
        """How the call ended: answered, or with what came instead."""
        metrics.ASKED.labels(self.caller, self.service, self.method, _outcome(refusal)).inc()


def _outcome(refusal: Refusal | None) -> str:
    if refusal is None:
        return "answered"
    if isinstance(refusal, Unavailable):
        return "away"
    return "failed" if isinstance(refusal, Failed) else "refused"
