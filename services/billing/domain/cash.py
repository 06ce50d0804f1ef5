"""What a cash desk must fulfil: one per cashier, counted against what should lie in it (docs/money.md, cash desk)."""

from contracts.errors import Conflict, RuleBroken
from contracts.money import Money


class CashSessionOpen(Conflict):
    """The cashier has a desk open already."""

    code = "cash_session_open"


class CashSessionClosed(Conflict):
    """The desk is closed already."""

    code = "cash_session_closed"


class ExpectedChanged(Conflict):
    """Cash came in or went out between looking and closing."""

    code = "expected_changed"


class NoteRequired(RuleBroken):
    """The count differs, and no note says why."""

    code = "note_required"


class CashDeskRequired(RuleBroken):
    """The branch takes cash only at an open desk."""

    code = "cash_desk_required"


class AmountBelowZero(RuleBroken):
    """An amount of cash is below zero."""

    code = "amount_below_zero"


def check_cash(amount: Money, field: str) -> None:
    """Raises AmountBelowZero."""
    if amount.minor < 0:
        raise AmountBelowZero(f"There cannot be less than nothing in a desk; {amount} is.", field=field)


def check_count(expected: Money, counted: Money, note: str) -> Money:
    """What is over (above zero) or short (below). Raises NoteRequired when that is not nothing and not explained."""
    difference = counted - expected
    if difference and not note.strip():
        over_or_short = "more" if difference.minor > 0 else "less"
        raise NoteRequired(
            f"{counted} is {Money.of(abs(difference.minor), difference.currency)} {over_or_short} than expected; "
            "say in the note why.",
            field="note",
        )
    return difference


def check_expected(seen: Money | None, expected: Money) -> None:
    """Raises ExpectedChanged when somebody looked at another amount than what should lie there now."""
    if seen is not None and seen != expected:
        raise ExpectedChanged(
            f"Since you looked the desk has moved: {expected} is expected now, not {seen}; look again.",
            field="counted",
        )
