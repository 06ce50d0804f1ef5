"""Open a cash desk."""

from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.cash import views
from billing.copies import find_branch
from billing.domain.cash import CashSessionOpen, check_cash
from billing.statements import insert_for
from billing.tables import CashSessionRow
from chassis import idempotency
from chassis.audit import about
from chassis.clock import Clock
from contracts.actor import Actor, Right
from contracts.calls.cash import CashSession, OpenCashSession
from contracts.money import Money


def open_cash_session(session: Session, request: OpenCashSession, actor: Actor, clock: Clock) -> CashSession:
    """Open the actor's desk with what lies in it. Raises NotFound, Forbidden, CashSessionOpen, NotAnAmount,
    AmountBelowZero.
    """
    branch = find_branch(session, request.branch_id, actor)
    actor.require(Right.TAKE_PAYMENTS)
    scope = f"{actor.subject}:open_cash_session"
    if request.idempotency_key:
        earlier = idempotency.claim(session, scope, request.idempotency_key, request, CashSession, clock)
        if earlier is not None:
            return earlier
    opening = Money.parse(request.opening, branch.currency, field="opening")
    check_cash(opening, "opening")
    row = {
        "id": uuid4(), "branch_id": branch.id, "cashier": actor.subject, "cashier_name": actor.name,
        "currency": branch.currency, "business_date": branch.today(clock), "opened_at": clock.now(),
        "opening_minor": opening.minor, "note": "",
    }  # fmt: skip
    opened = insert_for(session, CashSessionRow).values(**row).on_conflict_do_nothing()
    if session.execute(opened.returning(CashSessionRow.id)).first() is None:
        raise CashSessionOpen("You have a cash desk open already; close it first.")
    about(session, "cash_session", row["id"], opening_minor=opening.minor)
    (view,) = views(session, session.scalars(select(CashSessionRow).where(CashSessionRow.id == row["id"])))
    if request.idempotency_key:
        idempotency.remember(session, scope, request.idempotency_key, view)
    return view
