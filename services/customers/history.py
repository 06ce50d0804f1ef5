"""Reading a customer's history."""

import base64
import binascii
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from contracts.actor import Actor, Right
from contracts.calls.customers import (
    CustomerHistory,
    FieldChange,
    GetCustomerHistory,
    HistoryKind,
    HistoryView,
)
from customers.domain.refusals import UnknownCursor
from customers.sight import visible_customer
from customers.tables import HistoryEntry


def get_customer_history(session: Session, request: GetCustomerHistory, actor: Actor) -> CustomerHistory:
    """A page of the history, newest first. Raises NotFound, Forbidden (it names staff), UnknownCursor."""
    customer = visible_customer(session, actor, request.customer_id)
    actor.require(Right.EDIT_CUSTOMERS)
    query = select(HistoryEntry).where(HistoryEntry.customer_id == customer.id)
    if request.cursor is not None:
        query = query.where(tuple_(HistoryEntry.at, HistoryEntry.id) < _place(request.cursor))
    newest = query.order_by(HistoryEntry.at.desc(), HistoryEntry.id.desc()).limit(request.limit + 1)
    rows = session.scalars(newest).all()
    page = rows[: request.limit]
    return CustomerHistory(
        items=tuple(_view(row) for row in page),
        next=_cursor(page[-1]) if len(rows) > request.limit else None,
    )


def _view(entry: HistoryEntry) -> HistoryView:
    changes = tuple(FieldChange(field=one[0], before=one[1], after=one[2]) for one in entry.changes)
    return HistoryView(
        at=entry.at, kind=HistoryKind(entry.kind), by_name=entry.by_name, reason=entry.reason, changes=changes
    )


def _cursor(entry: HistoryEntry) -> str:
    return base64.urlsafe_b64encode(f"{entry.at.isoformat()} {entry.id}".encode()).decode()


def _place(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, _, entry_id = base64.urlsafe_b64decode(cursor).decode().partition(" ")
        return datetime.fromisoformat(at), UUID(entry_id)
    except (binascii.Error, ValueError):
        raise UnknownCursor("This cursor leads nowhere; begin the list anew.", field="cursor") from None
