"""Close a cash desk with what was counted."""

from uuid import UUID

from sqlalchemy.orm import Session

from billing.cash import views
from billing.copies import find_branch
from billing.domain.cash import CashSessionClosed, check_cash, check_count, check_expected
from billing.domain.journal import EntryKind, count_lines
from billing.ledger import add_entry, add_lines
from billing.queries.cash import visible_session
from billing.tables import CashSessionRow
from chassis import idempotency
from chassis.audit import about
from chassis.clock import Clock
from contracts.actor import Actor
from contracts.calls.cash import CashSession, CloseCashSession
from contracts.money import Money


def close_cash_session(
    session: Session, request: CloseCashSession, actor: Actor, clock: Clock
) -> CashSession:
    """Close the desk; what is over or short goes into the journal against adjustments.

    Raises NotFound, Forbidden, NotAnAmount, AmountBelowZero, CashSessionClosed, ExpectedChanged, NoteRequired.
    """
    row = visible_session(session, request.session_id, actor, lock=True)
    scope = f"{actor.subject}:close_cash_session"
    if request.idempotency_key:
        earlier = idempotency.claim(session, scope, request.idempotency_key, request, CashSession, clock)
        if earlier is not None:
            return earlier
    if row.closed_at is not None:
        raise CashSessionClosed("This cash desk is closed already.")
    (before,) = views(session, [row])
    counted = Money.parse(request.counted, row.currency, field="counted")
    check_cash(counted, "counted")
    if request.expected is not None:
        check_expected(Money.parse(request.expected, row.currency, field="expected"), before.expected)
    difference = check_count(before.expected, counted, request.note)
    row.closed_at, row.closed_by, row.note = clock.now(), actor.name, request.note
    row.expected_minor, row.counted_minor = before.expected.minor, counted.minor
    told = {"counted_minor": counted.minor, "difference_minor": difference.minor}
    about(session, "cash_session", row.id, branch_id=row.branch_id, **told)
    if difference:
        row.entry_id = _post(session, row, difference, actor, clock)
    session.flush()
    (view,) = views(session, [row])
    if request.idempotency_key:
        idempotency.remember(session, scope, request.idempotency_key, view)
    return view


def _post(session: Session, row: CashSessionRow, difference: Money, actor: Actor, clock: Clock) -> UUID:
    entry_id = add_entry(
        session,
        kind=EntryKind.CASH_COUNT,
        branch_id=row.branch_id,
        currency=row.currency,
        business_date=find_branch(session, row.branch_id).today(clock),
        actor=actor,
        clock=clock,
        source_id=row.id,
    )
    add_lines(session, entry_id, count_lines(difference))
    return entry_id
