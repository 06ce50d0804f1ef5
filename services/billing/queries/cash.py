"""Cash desks that an actor sees: a cashier the own ones, managers those of their branches."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.cash import views
from billing.tables import CashSessionRow
from contracts.actor import Actor, Right
from contracts.calls.cash import CashSession, GetCashSession, GetOwnCashSession, OwnCashSession
from contracts.errors import NotFound


def get_own_session(session: Session, request: GetOwnCashSession, actor: Actor) -> OwnCashSession:
    """The actor's open desk, if there is one. Raises Forbidden."""
    actor.require(Right.TAKE_PAYMENTS)
    own = select(CashSessionRow).where(
        CashSessionRow.cashier == actor.subject, CashSessionRow.closed_at.is_(None)
    )
    found = views(session, session.scalars(own))
    return OwnCashSession(session=found[0] if found else None)


def get_session(session: Session, request: GetCashSession, actor: Actor) -> CashSession:
    """One desk. Raises NotFound, Forbidden."""
    (view,) = views(session, [visible_session(session, request.session_id, actor)])
    return view


def visible_session(
    session: Session, session_id: UUID, actor: Actor, *, lock: bool = False
) -> CashSessionRow:
    """The desk. Raises NotFound for one of a hidden branch, Forbidden for a colleague's without the right to see it."""
    row = session.get(CashSessionRow, session_id, with_for_update=lock or None)
    if row is None or not actor.sees_branch(row.branch_id):
        raise NotFound("There is no such cash desk.")
    actor.require(Right.TAKE_PAYMENTS)
    if row.cashier != actor.subject:
        actor.require(Right.MAKE_REPORTS)
    return row
