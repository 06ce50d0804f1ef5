"""Months that were not served from the first to the last day, where the branch charges by days."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.domain.proration import Stop, days_served, month_price
from billing.statements import insert_for
from billing.tables import Charge, SubscriptionStop
from contracts.cards import BranchCard, ChargeKind, FeeCategory, Proration


@dataclass(frozen=True)
class PartMonths:
    """Subscriptions that began or stopped within the period, with their price for the whole month."""

    subscriptions: tuple[Any, ...]
    proration: Proration

    def rows(self, session: Session, period: str) -> list[dict[str, Any]]:
        """What each is charged; who was not served at all is left out."""
        stops = self._stops(session)
        rows = []
        for one in self.subscriptions:
            served = days_served(period, one.started_on, stops[one.id])
            if served:
                amount = month_price(one.price_minor, period, served, self.proration)
                rows.append(
                    {
                        "branch_id": one.branch_id,
                        "customer_id": one.customer_id,
                        "subscription_id": one.id,
                        "service": one.service,
                        "currency": one.currency,
                        "amount_minor": amount,
                    }
                )
        return rows

    def _stops(self, session: Session) -> dict[UUID, list[Stop]]:
        stops: dict[UUID, list[Stop]] = defaultdict(list)
        ids = [one.id for one in self.subscriptions]
        for row in session.scalars(select(SubscriptionStop).where(SubscriptionStop.subscription_id.in_(ids))):
            stops[row.subscription_id].append(Stop(row.stopped_on, row.resumed_on))
        return stops


def insert_part_months(
    session: Session, months: PartMonths, branch: BranchCard, period: str, made: dict[str, Any]
) -> list[Any]:
    """Charge them; returns the rows of the new charges."""
    rows = [
        {
            **row,
            "id": uuid4(),
            "kind": ChargeKind.RECURRING.value,
            "category": FeeCategory.USAGE.value,
            "period": period,
            "settled_minor": 0,
            "note": "",
            **made,
        }
        for row in months.rows(session, period)
    ]
    if not rows:
        return []
    statement = insert_for(session, Charge).values(rows).on_conflict_do_nothing()
    returned = statement.returning(
        Charge.id, Charge.customer_id, Charge.subscription_id, Charge.service, Charge.amount_minor
    )
    return list(session.execute(returned))
