"""Cash at open desks: which desk a payment or a void belongs to, and what should lie in it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from billing.copies import KnownBranch
from billing.domain.cash import CashDeskRequired
from billing.tables import CashLine, CashSessionRow, Payment
from contracts.actor import Actor
from contracts.calls.cash import CashSession
from contracts.cards import CashDeskRule, PaymentMode
from contracts.money import Money

PAYMENT, VOID = "payment", "void"

# FOR SHARE: payments do not wait for each other, and closing the desk waits for them all.
_OPEN = (
    select(CashSessionRow.id)
    .where(
        CashSessionRow.cashier == bindparam("cashier"),
        CashSessionRow.branch_id == bindparam("branch_id"),
        CashSessionRow.closed_at.is_(None),
    )
    .with_for_update(read=True)
)
_OF_PAYMENT = (
    select(CashSessionRow.id)
    .join(CashLine, CashLine.session_id == CashSessionRow.id)
    .where(
        CashLine.payment_id == bindparam("payment_id"),
        CashLine.kind == PAYMENT,
        CashSessionRow.closed_at.is_(None),
    )
    .with_for_update(read=True, of=CashSessionRow)
)


def desk_for_payment(session: Session, mode: PaymentMode, actor: Actor, branch: KnownBranch) -> UUID | None:
    """The open desk that the cash goes into; None for other modes and for cash beside a desk.

    Raises CashDeskRequired where the branch takes cash only at an open desk.
    """
    if mode is not PaymentMode.CASH:
        return None
    desk = _open_desk(session, actor, branch.id)
    if desk is None and branch.card.policy.cash_desk is CashDeskRule.REQUIRED:
        raise CashDeskRequired(
            f"{branch.card.name} takes cash only at an open cash desk; open yours first.", field="mode"
        )
    return desk


def desk_for_void(session: Session, payment: Payment, actor: Actor) -> UUID | None:
    """The desk that hands the cash back: the one that took it while it is open, else the open one of who voids."""
    if payment.mode != PaymentMode.CASH.value:
        return None
    took = session.connection().execute(_OF_PAYMENT, {"payment_id": payment.id}).scalar()
    return took or _open_desk(session, actor, payment.branch_id)


def _open_desk(session: Session, actor: Actor, branch_id: UUID) -> UUID | None:
    found = session.connection().execute(_OPEN, {"cashier": actor.subject, "branch_id": branch_id})
    desk: UUID | None = found.scalar()
    return desk


def cash_line(session_id: UUID, payment_id: UUID, kind: str, minor: int) -> dict[str, Any]:
    """A row of cash_lines."""
    return {"payment_id": payment_id, "kind": kind, "session_id": session_id, "amount_minor": minor}


def views(session: Session, rows: Iterable[CashSessionRow]) -> tuple[CashSession, ...]:
    """These desks as they stand, in the order given."""
    rows = list(rows)
    sums = session.execute(
        select(CashLine.session_id, CashLine.kind, func.sum(CashLine.amount_minor))
        .where(CashLine.session_id.in_([row.id for row in rows]))
        .group_by(CashLine.session_id, CashLine.kind)
    )
    moved = {(session_id, kind): int(minor) for session_id, kind, minor in sums}
    return tuple(_view(row, moved.get((row.id, PAYMENT), 0), -moved.get((row.id, VOID), 0)) for row in rows)


def _view(row: CashSessionRow, cash_in: int, voids: int) -> CashSession:
    expected = row.opening_minor + cash_in - voids
    counted = row.counted_minor

    def money(minor: int) -> Money:
        return Money.of(minor, row.currency)

    return CashSession(
        id=row.id,
        branch_id=row.branch_id,
        cashier=row.cashier,
        cashier_name=row.cashier_name,
        business_date=row.business_date,
        opened_at=row.opened_at,
        opening=money(row.opening_minor),
        cash_in=money(cash_in),
        voids=money(voids),
        expected=money(expected),
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        counted=None if counted is None else money(counted),
        difference=None if counted is None else money(counted - expected),
        note=row.note,
    )
