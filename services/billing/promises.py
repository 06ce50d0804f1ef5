"""Promises to pay: the one that stands, and how the desk sees it."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.tables import Promise
from contracts.calls.billing import PromiseView


def standing_promise(session: Session, customer_id: UUID) -> Promise | None:
    """The promise that is not withdrawn, whether its day has passed or not."""
    mine = select(Promise).where(Promise.customer_id == customer_id, Promise.withdrawn_at.is_(None))
    return session.scalars(mine).one_or_none()


def promise_that_holds(session: Session, customer_id: UUID, today: date) -> PromiseView | None:
    """The promise whose day has not passed."""
    promise = standing_promise(session, customer_id)
    return promise_view(promise) if promise is not None and promise.promised_until >= today else None


def promise_view(promise: Promise) -> PromiseView:
    """A promise as the desk sees it."""
    return PromiseView(
        promised_until=promise.promised_until,
        note=promise.note,
        made_by=promise.made_by_name,
        made_at=promise.made_at,
    )
