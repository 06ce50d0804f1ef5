"""Which status may follow which (RULES, expiry and status): one table for the dates and for people."""

from contracts.cards import SubscriptionStatus as S
from contracts.errors import RuleBroken


class MoveNotAllowed(RuleBroken):
    """The subscription cannot go from its status to that one."""

    code = "move_not_allowed"


_SET_BY_PEOPLE = frozenset({S.VOLUNTARY_STOP, S.FORCED_STOP, S.CLOSED})
_RUNNING = frozenset({S.ACTIVE, S.INACTIVE, S.SUSPENDED})

ALLOWED: dict[S, frozenset[S]] = {
    S.APPLIED: _RUNNING | _SET_BY_PEOPLE,
    S.ACTIVE: frozenset({S.INACTIVE, S.SUSPENDED}) | _SET_BY_PEOPLE,
    S.INACTIVE: frozenset({S.ACTIVE, S.SUSPENDED}) | _SET_BY_PEOPLE,
    S.SUSPENDED: frozenset({S.ACTIVE, S.INACTIVE}) | _SET_BY_PEOPLE,
    S.VOLUNTARY_STOP: frozenset({S.APPLIED, S.FORCED_STOP, S.CLOSED}) | _RUNNING,
    S.FORCED_STOP: frozenset({S.APPLIED, S.VOLUNTARY_STOP, S.CLOSED}) | _RUNNING,
    S.CLOSED: frozenset(),
}
"""From -> to. A closed subscription stays closed: whoever comes back gets a new one."""

ASKED_FOR = _SET_BY_PEOPLE | {S.ACTIVE}
"""What a person may ask for; `active` ends a stop, and the dates say which running status follows."""

STOPPED = _SET_BY_PEOPLE
"""Statuses without service: whole months in them are not charged."""

_NAMES = {S.VOLUNTARY_STOP: "stopped by the customer", S.FORCED_STOP: "stopped by the operator"}


def named(status: S) -> str:
    """The status as a sentence says it."""
    return _NAMES.get(status, status.value)


def check_move(current: S, to: S) -> None:
    """Raises MoveNotAllowed when nobody may ask for this move."""
    if to not in ASKED_FOR:
        raise MoveNotAllowed(
            f"The dates decide when a subscription is {named(to)}; it cannot be set by hand.", field="to"
        )
    if current is S.CLOSED:
        raise MoveNotAllowed("This subscription is closed and stays so; add a new one instead.", field="to")
    if to is current or (to is S.ACTIVE and current not in STOPPED):
        raise MoveNotAllowed(f"This subscription is {named(current)} already.", field="to")
    if to not in ALLOWED[current]:
        raise MoveNotAllowed(f"A subscription {named(current)} cannot become {named(to)}.", field="to")
