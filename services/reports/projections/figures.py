"""What an event changes of the dashboard's figures: rows that are only added, so that nobody waits for anybody."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.writes import add_rows
from contracts.cards import SubscriptionStatus
from reports.tables import FigureChange, FigureKind


class FigureKey(NamedTuple):
    """What a figure is of; empty text stands for none."""

    kind: FigureKind
    branch_id: UUID
    at: str = ""
    service: str = ""
    detail: str = ""
    currency: str = ""


@dataclass(frozen=True)
class Change:
    """So many more (fewer when negative), and so much more in minor units."""

    key: FigureKey
    count: int = 0
    minor: int = 0


def note(session: Session, changes: Iterable[Change]) -> None:
    """Write what changed, one row per figure; what cancels out leaves none."""
    sums: dict[FigureKey, list[int]] = defaultdict(lambda: [0, 0])
    for change in changes:
        sums[change.key][0] += change.count
        sums[change.key][1] += change.minor
    rows = [
        {**key._asdict(), "kind": key.kind.value, "count": count, "minor": minor}
        for key, (count, minor) in sums.items()
        if count or minor
    ]
    if rows:
        add_rows(session, FigureChange, rows)


def standing(row: Any, count: int) -> list[Change]:
    """A subscription as it stands (`count` 1) or stood (-1)."""
    status = FigureKey(FigureKind.SUBSCRIPTIONS, row.branch_id, service=row.service, detail=row.status)
    if row.status != SubscriptionStatus.ACTIVE.value:
        return [Change(status, count)]
    day = FigureKey(FigureKind.RENEWALS, row.branch_id, row.expires_on.isoformat(), row.service)
    return [Change(status, count), Change(day, count)]


def owed(branch_id: UUID, period: str, service: str | None, currency: str, minor: int) -> Change:
    """More (less when negative) is open of a period's charges."""
    return Change(FigureKey(FigureKind.PENDING, branch_id, period, service or "", "", currency), 0, minor)


def paid(payment: Any, parts: Iterable[Any], sign: int) -> list[Change]:
    """A payment that stands (`sign` 1), or no longer does (-1), with the parts of charges that it settled."""
    changes = []
    for part in parts:
        key = FigureKey(
            FigureKind.TAKINGS, payment.branch_id, payment.paid_on.isoformat(), part.service or "", payment.mode,
            payment.currency,
        )  # fmt: skip
        minor = sign * part.amount_minor
        changes.append(Change(key, 0, minor))
        changes.append(owed(payment.branch_id, part.period, part.service, payment.currency, -minor))
    return changes
