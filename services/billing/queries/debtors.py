"""Lists and sums of customers with dues, and what a dunning run would do now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from billing.copies import KnownBranch, find_branch, find_customer, seen_branches
from billing.debtors import Choice, due, last_reminded, least_of, open_sum, owing
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


LOOKED_AT = 500
"""Debtors that one page looks at for an amount; the next page goes on behind them."""

Key = tuple[str, bytes]


def list_debtors(
    session: Session, request: calls.ListDebtors, actor: Actor, clock: Clock
) -> calls.DebtorList:
    """A page of debtors, who owes longest first. Raises NotFound, Forbidden, CursorInvalid, NotAnAmount.

    Each branch has its own today and currency, so each is asked for one page, and the pages are merged: up to where
    the first one stopped that had more to look at.
    """
    after = key_of(request.cursor, str, UUID) if request.cursor else None
    branches = _branches(session, request.filter, actor)
    most = max(request.limit + 1, LOOKED_AT // max(1, len(branches)))
    found: list[tuple[KnownBranch, date, Any]] = []
    ends: list[Any] = []
    for branch in branches:
        today = branch.today(clock)
        rows, end = _rows(session, branch, today, request, after, most)
        found += [(branch, today, row) for row in rows]
        ends += [end] if end is not None else []
    end = min(ends, key=_key, default=None)
    found = sorted(
        (one for one in found if end is None or _key(one[2]) <= _key(end)), key=lambda one: _key(one[2])
    )
    page = found[: request.limit]
    last = page[-1][2] if len(found) > request.limit else end
    shown = _shown(session, page)
    return calls.DebtorList(
        # Who has paid between the two looks is on the page no more.
        items=tuple(_view(branch, today, shown[row.id]) for branch, today, row in page if row.id in shown),
        next=cursor_of(last.period, last.id) if last is not None else None,
    )


def sum_debtors(session: Session, request: calls.SumDebtors, actor: Actor, clock: Clock) -> calls.DebtorSums:
    """How many debtors fit, and what they owe. Raises NotFound, Forbidden, NotAnAmount."""
    choice = Choice(filter=request.filter)
    sums = _sums(session, choice, _branches(session, request.filter, actor), clock, request.at_most)
    return calls.DebtorSums(customers=sums.chosen, totals=_moneys(sums.chosen_totals), complete=sums.complete)


def preview_reminders(
    session: Session, request: calls.PreviewReminders, actor: Actor, clock: Clock
) -> calls.ReminderPreview:
    """What a run with this choice would do now. Raises NotFound, Forbidden, NotAnAmount."""
    choice = Choice(filter=request.filter, customer_ids=request.customer_ids, force=request.force)
    sums = _sums(session, choice, _branches(session, request.filter, actor), clock, request.at_most)
    return calls.ReminderPreview(
        customers=sums.allowed, totals=_moneys(sums.allowed_totals), left_out=sums.chosen - sums.allowed,
        complete=sums.complete,
    )  # fmt: skip


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


def _rows(
    session: Session, branch: KnownBranch, today: date, request: calls.ListDebtors, after: Any, most: int
) -> tuple[Sequence[Any], Any]:
    """The branch's part of a page, one more than it holds; and the last one looked at, where there are more to see."""
    page, wanted = request.limit + 1, request.filter
    oldest_first, least = _oldest_first(branch, today, wanted, after), least_of(branch, wanted)
    if least is None:
        return session.execute(oldest_first.limit(page)).all(), None
    minor = open_sum(branch, today).label("minor")
    looked_at = session.execute(oldest_first.add_columns(minor).limit(most)).all()
    fit = [row for row in looked_at if row.minor >= least][:page]
    return fit, looked_at[-1] if len(looked_at) == most else None


def _oldest_first(
    branch: KnownBranch, today: date, wanted: DebtorFilter, after: tuple[Any, ...] | None
) -> Select[Any]:
    """One row per debtor: their oldest open charge, which no older one comes before."""
    older = select(_earlier.id).where(
        _earlier.customer_id == Charge.customer_id, _earlier.settled_minor < _earlier.amount_minor,
        _earlier.currency == branch.currency,
        tuple_(_earlier.period, _earlier.id) < tuple_(Charge.period, Charge.id),
    )  # fmt: skip
    found = (
        select(Charge.period, CustomerCopy.id)
        .join(CustomerCopy, CustomerCopy.id == Charge.customer_id)
        .where(*due(branch.currency, today), ~older.exists(), *owing(branch, today, wanted))
        # By the charge's own columns, so that ix_charges_by_age begins behind the cursor and ends with the page.
        .order_by(Charge.period, Charge.customer_id)
    )
    return found if after is None else found.where(tuple_(Charge.period, Charge.customer_id) > after)


def _shown(session: Session, page: Sequence[tuple[KnownBranch, date, Any]]) -> dict[UUID, Any]:
    """All that the list shows of the debtors of a page, by their ids: looked up for these alone, branch by branch."""
    found: dict[UUID, Any] = {}
    for branch, today in {branch.id: (branch, today) for branch, today, _ in page}.values():
        ids = [row.id for its_branch, _, row in page if its_branch.id == branch.id]
        standing = and_(
            Promise.customer_id == CustomerCopy.id,
            Promise.withdrawn_at.is_(None),
            Promise.promised_until >= today,
        )
        minor, reminded = open_sum(branch, today).label("minor"), last_reminded().label("last_reminded")
        oldest = _oldest_first(branch, today, DebtorFilter(), None).where(CustomerCopy.id.in_(ids))
        whole = oldest.add_columns(CustomerCopy.card, minor, reminded, Promise).outerjoin(Promise, standing)
        found |= {row.id: row for row in session.execute(whole)}
    return found


def _key(row: Any) -> Key:
    return row.period, row.id.bytes


@dataclass
class Sums:
    """Who was chosen, and who of them may be reminded now; totals are minor units by currency."""

    chosen: int = 0
    allowed: int = 0
    chosen_totals: dict[str, int] = field(default_factory=dict)
    allowed_totals: dict[str, int] = field(default_factory=dict)
    complete: bool = True


def _sums(
    session: Session, choice: Choice, branches: Sequence[KnownBranch], clock: Clock, at_most: int | None
) -> Sums:
    """The sums, when `at_most` customers had to be looked at for them; none otherwise."""
    sums, left = Sums(), at_most
    for branch in branches:
        seen, *added = session.execute(_added_up(branch, branch.today(clock), choice, left)).one()
        if left is not None:
            if seen > left:
                return Sums(complete=False)
            left -= seen
        chosen, minor, allowed, allowed_minor = (int(number or 0) for number in added)
        sums.chosen += chosen
        sums.allowed += allowed
        for totals, count, more in (
            (sums.chosen_totals, chosen, minor), (sums.allowed_totals, allowed, allowed_minor),
        ):  # fmt: skip
            if count:
                totals[branch.currency] = totals.get(branch.currency, 0) + more
    return sums


def _added_up(branch: KnownBranch, today: date, choice: Choice, left: int | None) -> Select[Any]:
    """One row: how many were looked at, the chosen and what they owe, those to be reminded and what they owe."""
    looked_at = select(
        open_sum(branch, today).label("minor"),
        case((and_(*choice.allowed(branch, today)), 1), else_=0).label("allowed"),
    ).where(*choice.conditions(branch, today))
    seen = (looked_at if left is None else looked_at.limit(left + 1)).subquery()
    fits = case((seen.c.minor >= (least_of(branch, choice.filter) or 0), 1), else_=0)
    return select(
        func.count(), func.sum(fits), func.sum(fits * seen.c.minor), func.sum(fits * seen.c.allowed),
        func.sum(fits * seen.c.allowed * seen.c.minor),
    ).select_from(seen)  # fmt: skip


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
