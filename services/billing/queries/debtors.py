"""Lists and sums of customers with dues, and what a dunning run would do now."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from billing.copies import KnownBranch, find_branch, find_customer, seen_branches
from billing.debtors import Choice, due, last_reminded, open_sum, owing
from billing.domain.reminding import stage_of
from billing.promises import promise_view
from billing.queries.cursors import cursor_of, key_of
from billing.tables import Charge, CustomerCopy, Promise
from billing.usecases.remind_customers import reminder_of
from chassis.clock import Clock
from contracts.actor import Actor, Right
from contracts.calls import reminders as calls
from contracts.calls.billing import DebtorFilter
from contracts.cards import CustomerCard
from contracts.money import Money

_earlier = aliased(Charge)


def list_debtors(
    session: Session, request: calls.ListDebtors, actor: Actor, clock: Clock
) -> calls.DebtorList:
    """A page of debtors, who owes longest first. Raises NotFound, Forbidden, CursorInvalid, NotAnAmount.

    Each branch has its own today and currency, so each is asked for one page, and the pages are merged.
    """
    after = key_of(request.cursor, str, UUID) if request.cursor else None
    found: list[tuple[KnownBranch, date, Any]] = []
    for branch in _branches(session, request.filter, actor):
        today = branch.today(clock)
        rows = session.execute(_page(branch, today, request.filter, after).limit(request.limit + 1))
        found += [(branch, today, row) for row in rows]
    found.sort(key=lambda one: (one[2].period, one[2].id.bytes))
    page = found[: request.limit]
    more = len(found) > request.limit
    return calls.DebtorList(
        items=tuple(_view(branch, today, row) for branch, today, row in page),
        next=cursor_of(page[-1][2].period, page[-1][2].id) if more else None,
    )


def sum_debtors(session: Session, request: calls.SumDebtors, actor: Actor, clock: Clock) -> calls.DebtorSums:
    """How many debtors fit, and what they owe. Raises NotFound, Forbidden, NotAnAmount."""
    choice = Choice(filter=request.filter)
    count, totals = 0, dict[str, int]()
    for branch in _branches(session, request.filter, actor):
        today = branch.today(clock)
        count += _add(session, branch, today, choice.conditions(branch, today), totals)
    return calls.DebtorSums(customers=count, totals=_moneys(totals))


def preview_reminders(
    session: Session, request: calls.PreviewReminders, actor: Actor, clock: Clock
) -> calls.ReminderPreview:
    """What a run with this choice would do now. Raises NotFound, Forbidden, NotAnAmount."""
    choice = Choice(filter=request.filter, customer_ids=request.customer_ids, force=request.force)
    count, chosen, totals = 0, 0, dict[str, int]()
    for branch in _branches(session, request.filter, actor):
        today = branch.today(clock)
        chosen += _add(session, branch, today, choice.conditions(branch, today), {})
        count += _add(session, branch, today, choice.may_be_reminded(branch, today), totals)
    return calls.ReminderPreview(customers=count, totals=_moneys(totals), left_out=chosen - count)


def draft_reminder(
    session: Session, request: calls.DraftReminder, actor: Actor, clock: Clock
) -> calls.ReminderDraft:
    """The reminder that a customer would get now, paused or not. Raises NotFound, Forbidden."""
    customer = find_customer(session, request.customer_id, actor)
    actor.require(Right.RUN_BILLING)
    return calls.ReminderDraft(event=reminder_of(session, customer.card, customer.branch, clock))


def _branches(session: Session, wanted: DebtorFilter, actor: Actor) -> Sequence[KnownBranch]:
    if wanted.branch_id is not None:
        branches = [find_branch(session, wanted.branch_id, actor)]
    else:
        branches = seen_branches(session, actor)
    actor.require(Right.RUN_BILLING)
    return branches


def _page(branch: KnownBranch, today: date, wanted: DebtorFilter, after: tuple[Any, ...] | None) -> Any:
    """One row per debtor: their oldest open charge, which no older one comes before."""
    older = select(_earlier.id).where(
        _earlier.customer_id == Charge.customer_id, _earlier.settled_minor < _earlier.amount_minor,
        _earlier.currency == branch.currency,
        tuple_(_earlier.period, _earlier.id) < tuple_(Charge.period, Charge.id),
    )  # fmt: skip
    standing = and_(
        Promise.customer_id == CustomerCopy.id,
        Promise.withdrawn_at.is_(None),
        Promise.promised_until >= today,
    )
    found = (
        select(
            Charge.period, CustomerCopy.id, CustomerCopy.card, open_sum(branch, today).label("minor"),
            last_reminded().label("last_reminded"), Promise,
        )
        .join(CustomerCopy, CustomerCopy.id == Charge.customer_id)
        .outerjoin(Promise, standing)
        .where(*due(branch.currency, today), ~older.exists(), *owing(branch, today, wanted))
        .order_by(Charge.period, CustomerCopy.id)
    )  # fmt: skip
    return found if after is None else found.where(tuple_(Charge.period, CustomerCopy.id) > after)


def _add(
    session: Session,
    branch: KnownBranch,
    today: date,
    wanted: list[ColumnElement[bool]],
    totals: dict[str, int],
) -> int:
    """Count those whom the conditions leave, and add what they owe to the branch's currency."""
    opened = func.coalesce(func.sum(Charge.amount_minor - Charge.settled_minor), 0)
    row = session.execute(
        select(func.count(Charge.customer_id.distinct()), opened)
        .join(CustomerCopy, CustomerCopy.id == Charge.customer_id)
        .where(*due(branch.currency, today), *wanted)
    ).one()
    if row[0]:
        totals[branch.currency] = totals.get(branch.currency, 0) + int(row[1])
    return int(row[0])


def _moneys(totals: dict[str, int]) -> tuple[Money, ...]:
    return tuple(Money.of(minor, currency) for currency, minor in sorted(totals.items()))


def _view(branch: KnownBranch, today: date, row: Any) -> calls.DebtorView:
    card = CustomerCard.model_validate(row.card)
    return calls.DebtorView(
        customer_id=row.id, branch_id=branch.id, crf=card.crf, name=card.name, area=card.address.area,
        has_email=bool(card.email), total=Money.of(int(row.minor), branch.currency), oldest=row.period,
        last_reminded=row.last_reminded, promise=promise_view(row.Promise) if row.Promise else None,
        stage=stage_of(branch.card.policy.reminder_stages, row.period, today),
    )  # fmt: skip
