"""The figures of the staff's first page; reading them costs the same however many customers there are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.actor import Actor, Right, Role
from contracts.calls.dashboard import (
    DashboardView,
    DayTakings,
    GetDashboard,
    MoneyFigures,
    PendingAmount,
    ReceivedAmount,
    RenewalCount,
    StatusCount,
)
from contracts.cards import BranchCard, PaymentMode, Service, SubscriptionStatus
from contracts.errors import Forbidden
from contracts.fields import period_of
from contracts.money import Money
from reports.figure_queries import Span, figures_of, oldest_pending, were_counted
from reports.queries import branches_of
from reports.tables import FigureKind


def show_dashboard(session: Session, request: GetDashboard, actor: Actor, clock: Clock) -> DashboardView:
    """Counts for all staff who see customers; amounts only for who makes reports (RULES, who may do what).

    Raises NotFound for a hidden branch, Forbidden.
    """
    if request.branch_id is not None:
        actor.require_branch(request.branch_id, "branch")
    if actor.role is Role.CUSTOMER:
        raise Forbidden("This is for staff; your own dues, payments and invoices are on your page.")
    actor.require(Right.SEE_CUSTOMERS)
    branches = _branches(session, request, actor)
    today = min((clock.today(branch.time_zone) for branch in branches), default=clock.today("UTC"))
    rows = [row for span in _spans(branches, request, clock) for row in figures_of(session, span)]
    return DashboardView(
        branch_id=request.branch_id,
        today=today,
        month=period_of(today),
        days_ahead=request.days_ahead,
        statuses=_statuses(rows),
        renewals=_renewals(rows),
        money=_money(rows, branches, today) if actor.may(Right.MAKE_REPORTS) else None,
        as_of=oldest_pending(session) or clock.now(),
        counted=were_counted(session),
    )


def _branches(session: Session, request: GetDashboard, actor: Actor) -> list[BranchCard]:
    if request.branch_id is not None:
        return branches_of(session, [request.branch_id])
    return branches_of(session, None if actor.branch_ids is None else list(actor.branch_ids))


def _spans(branches: Sequence[BranchCard], request: GetDashboard, clock: Clock) -> list[Span]:
    """Branches on the same day of the calendar are asked for together: that is nearly always all of them."""
    by_day: dict[date, list[BranchCard]] = defaultdict(list)
    for branch in branches:
        by_day[clock.today(branch.time_zone)].append(branch)
    ahead = timedelta(days=request.days_ahead)
    return [Span(tuple(one.id for one in some), day, day + ahead) for day, some in by_day.items()]


def _statuses(rows: Iterable[Any]) -> tuple[StatusCount, ...]:
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        if row.kind == FigureKind.SUBSCRIPTIONS.value:
            counts[row.service, row.detail] += row.number
    return tuple(
        StatusCount(service=service, status=status, count=counts[service.value, status.value])
        for service in Service
        for status in SubscriptionStatus
    )


def _renewals(rows: Iterable[Any]) -> tuple[RenewalCount, ...]:
    today: dict[str, int] = defaultdict(int)
    ahead: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.kind == FigureKind.RENEWALS.value:
            ahead[row.service] += row.number
            today[row.service] += row.number if row.is_today else 0
    return tuple(
        RenewalCount(service=service, today=today[service.value], ahead=ahead[service.value])
        for service in Service
    )


def _money(rows: Sequence[Any], branches: Sequence[BranchCard], today: date) -> MoneyFigures:
    taken = [row for row in rows if row.kind == FigureKind.TAKINGS.value]
    currencies = sorted({branch.currency for branch in branches} | {row.currency for row in taken})
    received: dict[tuple[str, str, str], int] = defaultdict(int)
    days = {(code, day): 0 for code in currencies for day in range(1, today.day + 1)}
    for row in taken:
        received[row.currency, row.service, row.detail] += row.minor
        day = row.currency, int(row.at[8:])
        days[day] = days.get(day, 0) + row.minor
    return MoneyFigures(
        received=tuple(
            ReceivedAmount(service=_service(service), mode=PaymentMode(mode), amount=Money.of(minor, code))
            for (code, service, mode), minor in sorted(received.items())
            if minor
        ),
        pending=_pending(rows, period_of(today)),
        days=tuple(
            DayTakings(day=today.replace(day=day), amount=Money.of(minor, code))
            for (code, day), minor in sorted(days.items())
            if day <= today.day
        ),
    )


def _pending(rows: Iterable[Any], month: str) -> tuple[PendingAmount, ...]:
    now: dict[tuple[str, str], int] = defaultdict(int)
    before: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        if row.kind == FigureKind.PENDING.value and row.at <= month:
            (now if row.at == month else before)[row.currency, row.service] += row.minor
    return tuple(
        PendingAmount(
            service=_service(service),
            this_month=Money.of(now[code, service], code),
            before=Money.of(before[code, service], code),
        )
        for code, service in sorted(now.keys() | before.keys())
        if now[code, service] or before[code, service]
    )


def _service(text: str) -> Service | None:
    return Service(text) if text else None
