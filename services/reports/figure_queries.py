"""Reads of the dashboard's figures: those added up, and the changes that wait to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from chassis.tables import InboxRow, JobRow
from contracts.fields import period_of
from reports.tables import Figure, FigureChange, FigureKind

COUNTING = "count-figures"
"""The job that counts all figures anew, once a day and at the first start."""


@dataclass(frozen=True)
class Span:
    """Branches that have the same business date, and the last day of renewals to look at."""

    branch_ids: tuple[UUID, ...]
    today: date
    ahead: date


def figures_of(session: Session, span: Span) -> Sequence[Any]:
    """Their figures summed over the branches: kind, service, detail, currency, number, minor; `at` where it tells.

    One statement, so that a change which is just being added up is seen once.
    """
    both = union_all(*(_of(table, span) for table in (Figure, FigureChange))).subquery("figures")
    is_renewal = both.c.kind == FigureKind.RENEWALS.value
    is_today = and_(is_renewal, both.c.at == span.today.isoformat())
    at = case((is_renewal, ""), else_=both.c.at)
    key = (both.c.kind, at, is_today, both.c.service, both.c.detail, both.c.currency)
    found = select(
        both.c.kind, at.label("at"), is_today.label("is_today"), both.c.service, both.c.detail, both.c.currency,
        func.sum(both.c.count).label("number"),
        cast(func.sum(both.c.minor), BigInteger).label("minor"),  # PostgreSQL sums a BIGINT as NUMERIC
    ).group_by(*key)  # fmt: skip
    return [row for row in session.execute(found) if row.number or row.minor]


def _of(table: type[Figure] | type[FigureChange], span: Span) -> Any:
    first, today = span.today.replace(day=1).isoformat(), span.today.isoformat()
    wanted: list[ColumnElement[bool]] = [
        table.kind == FigureKind.SUBSCRIPTIONS.value,
        and_(table.kind == FigureKind.RENEWALS.value, table.at.between(today, span.ahead.isoformat())),
        and_(table.kind == FigureKind.TAKINGS.value, table.at.between(first, today)),
        and_(table.kind == FigureKind.PENDING.value, table.at <= period_of(span.today)),
    ]
    return select(
        table.kind, table.at, table.service, table.detail, table.currency, table.count, table.minor
    ).where(table.branch_id.in_(span.branch_ids), or_(*wanted))


def oldest_pending(session: Session) -> datetime | None:
    """When the oldest event happened that has come and is not in the figures yet."""
    pending = InboxRow.state == literal_column("'pending'")
    return session.scalar(select(func.min(InboxRow.occurred_at)).where(pending))


def were_counted(session: Session) -> bool:
    """Whether the figures were counted at all: a database that had a read model before begins without figures."""
    counted = select(JobRow.period).where(JobRow.job == COUNTING, JobRow.state == "done")
    return session.execute(counted.limit(1)).first() is not None
