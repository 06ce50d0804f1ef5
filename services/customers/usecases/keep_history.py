"""Write down what happened to a customer's record."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from chassis.audit import about, within
from contracts.actor import Actor
from contracts.calls.customers import HistoryKind
from customers.tables import Customer, HistoryEntry

_FIELDS = {
    "name": "name", "email": "email", "mobile": "mobile", "date_of_birth": "date_of_birth", "id_type": "id_type",
    "house_name": "house_name", "street": "street", "area": "area", "district": "district",
    "province": "state", "country": "country", "postal_code": "postal_code", "locale": "locale", "notes": "notes",
    "branch_id": "branch_id",
}  # fmt: skip
"""Columns whose changes are kept, with the names that the API has for them."""

Written = dict[str, tuple[str, str]]
"""A record's fields as texts: as they are told, and as they are compared."""


def as_written(customer: Customer) -> Written:
    """The record as it is now, to compare it later. The ID number is told as everybody may see it."""
    texts = {field: str(getattr(customer, column) or "") for column, field in _FIELDS.items()}
    kept = f"{customer.plain_id_number or ''} {customer.id_number_sealed or ''}"
    return {field: (text, text) for field, text in texts.items()} | {
        "id_number": (customer.shown_id_number(), kept)
    }


def note(
    session: Session, customer: Customer, kind: HistoryKind, actor: Actor, now: datetime, *, reason: str = "",
    before: Written | None = None,
) -> None:  # fmt: skip
    """One entry; with what changed since `before`. Nothing where only a change was to be noted and none was made."""
    after = as_written(customer)
    changes = [
        [field, before[field][0], after[field][0]]
        for field in after
        if before and before[field][1] != after[field][1]
    ]
    if kind is HistoryKind.CHANGED and not changes:
        return
    within(session, branch_id=customer.branch_id, customer_id=customer.id)
    told: dict[str, Any] = {"fields": [one[0] for one in changes]} if changes else {}
    about(session, "customer", customer.id, **told)
    session.add(
        HistoryEntry(
            id=uuid4(), customer_id=customer.id, kind=kind.value, reason=reason, changes=changes,
            by_subject=actor.subject, by_name=actor.name, at=now,
        )
    )  # fmt: skip
