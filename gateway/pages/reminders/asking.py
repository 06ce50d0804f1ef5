"""What an address asks for, as a filter of billing; what it says wrongly is left out."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from uuid import UUID

from contracts.calls.billing import DebtorFilter
from contracts.cards import Service

from .forms import FilterForm

MOST_CHOSEN = 500
"""Customers that a run takes by name; more are chosen by the filter."""


def filter_of(form: FilterForm) -> DebtorFilter:
    """The filter that the form shows."""
    chosen = ids_in([form.branch.data or ""])
    return DebtorFilter(
        branch_id=chosen[0] if chosen else None,
        area=(form.area.data or "")[:200],
        service_kind=Service(form.service.data) if form.service.data in list(Service) else None,
        older_than_months=_within(form.older.data, 0, 600),
        minimum_amount=_amount(form.amount.data),
        promised={"yes": True, "no": False}.get(form.promise.data),
        not_reminded_days=_within(form.quiet.data, 1, 3650),
    )


def ids_in(texts: Iterable[str]) -> tuple[UUID, ...]:
    """The ids among these texts, each once."""
    found: dict[UUID, None] = {}
    for text in texts:
        try:
            found[UUID(text)] = None
        except ValueError:
            continue
    return tuple(found)[:MOST_CHOSEN]


def _within(number: int | None, least: int, most: int) -> int | None:
    return number if number is not None and least <= number <= most else None


def _amount(text: str | None) -> str | None:
    """What was typed, when it is a number; whether the branch's currency has such an amount, billing says."""
    try:
        number = Decimal(text or "")
    except InvalidOperation:
        return None
    return text if number.is_finite() and text and len(text) <= 30 else None
