"""Amounts as people type them: 500 is 500.00. Whether it is an amount, billing says."""

from decimal import Decimal, InvalidOperation


def same_amount(shown: str | None, typed: str | None) -> bool:
    """Whether what was typed is the number that the page showed."""
    number = _number(shown)
    return number is not None and number == _number(typed)


def _number(text: str | None) -> Decimal | None:
    try:
        number = Decimal(text or "")
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
