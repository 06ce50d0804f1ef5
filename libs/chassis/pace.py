"""How long a lease holds and a try waits: as long as it should, or hurried for fault tests (HEADEND_HURRY).

The setting divides pauses between tries, and leases down to five seconds: below, a busy machine would look dead.
Production refuses it.
"""

import os
from datetime import timedelta

_SHORTEST_LEASE = 5.0


def _hurry() -> float:
    try:
        return max(1.0, float(os.environ.get("HEADEND_HURRY") or 1))
    except ValueError:  # chassis.settings says so in a sentence, and stops the start
        return 1.0


HURRY = _hurry()


def lease(seconds: float) -> timedelta:
    """How long somebody silent keeps what they claimed."""
    return timedelta(seconds=max(min(seconds, _SHORTEST_LEASE), seconds / HURRY))


def pause(seconds: float) -> timedelta:
    """How long something waits until it is tried again."""
    return timedelta(seconds=seconds / HURRY)
