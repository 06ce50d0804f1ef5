"""Write down what happened to a customer's record."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from contracts.actor import Actor
from contracts.calls.customers import HistoryKind
from customers.tables import Customer, HistoryEntry

_FIELDS = {
    "name": "name", "email": "email", "mobile": "mobile", "date_of_birth": "date_of_birth", "id_type": "id_type",
    "id_number": "id_number", "house_name": "house_name", "street": "street", "area": "area", "district": "district",
    "province": "state", "country": "country", "postal_code": "postal_code", "locale": "locale", "notes": "notes",
    "branch_id": "branch_id",
}  # fmt: skip
"""Columns whose changes are kept, with the names that the API has for them."""

Written = dict[str, str]
"""A record's fields as texts."""


def as_written(customer: Customer) -> Written:
    """The record as it is now, to compare it later."""
    return {field: str(getattr(customer, column) or "") for column, field in _FIELDS.items()}


def note(
    session: Session, customer: Customer, kind: HistoryKind, actor: Actor, now: datetime, *, reason: str = "",
    before: Written | None = None,
) -> None:  # fmt: skip
    """One entry; with what changed since `before`. Nothing where only a change was to be noted and none was made."""
    after = as_written(customer)
    changes = [
        [field, before[field], after[field]] for field in after if before and before[field] != after[field]
    ]
    if kind is HistoryKind.CHANGED and not changes:
        return
    session.add(
        HistoryEntry(
            id=uuid4(), customer_id=customer.id, kind=kind.value, reason=reason, changes=changes,
            by_subject=actor.subject, by_name=actor.name, at=now,
        )
    )  # fmt: skip
