"""When a message is tried again, and when it is given up. All delays of notify stand here."""

from datetime import timedelta

REFUSED_FOR_NOW = (30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
"""Seconds after each passing refusal (4xx). Grey lists let the second or third try in; full mailboxes need days."""
GIVE_UP_AFTER = timedelta(days=3)
"""A message that nobody would take for so long is not news any more."""
ONCE_MORE_AFTER = timedelta(seconds=10)
"""How long after an unknown outcome the message is sent once more."""
SHORTEST_WAIT, LONGEST_WAIT = timedelta(seconds=2), timedelta(minutes=5)
JITTER = 0.2


def after_refusal(attempts: int, chance: float) -> timedelta | None:
    """How long to wait after that many attempts that were refused for now; None to give up.

    `chance` in [0, 1) spreads messages that were refused together over +-20 %.
    """
    if attempts > len(REFUSED_FOR_NOW):
        return None
    return timedelta(seconds=REFUSED_FOR_NOW[max(attempts, 1) - 1]) * _spread(chance)


def while_away(age: timedelta, chance: float) -> timedelta | None:
    """How long a message of that age waits for something of ours (mail server, reports) to come back; None to give up.

    The wait grows with the age, so that a short absence costs seconds and a long one does not keep us busy.
    """
    if age > GIVE_UP_AFTER:
        return None
    return min(LONGEST_WAIT, max(SHORTEST_WAIT, age / 4)) * _spread(chance)


def _spread(chance: float) -> float:
    return 1 - JITTER + 2 * JITTER * chance
