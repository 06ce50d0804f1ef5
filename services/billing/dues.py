"""A customer's open charges as rows with everything that a payment or a list of dues needs, in one
statement.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from billing.domain.allocation import OpenCharge, Part, in_order
from billing.standing import STANDING_COLUMNS, Standing, standing_of
from billing.tables import Charge, Plan, Subscription
from contracts.cards import Allocation, ChargeKind, FeeCategory, Service
from contracts.money import Money


@dataclass(frozen=True)
class Due:
    """An open charge with its subscription, which fees may lack."""

    charge: OpenCharge
    kind: ChargeKind
    category: FeeCategory
    subscription: Standing | None
    charged_before: str | None
    """The last period before this one that its subscription was charged for."""
    charged_last: str | None
    """The last period of all that its subscription was charged for."""

    @property
    def recurring(self) -> bool:
        """Whether it is a month of a subscription."""
        return self.kind is ChargeKind.RECURRING

    @property
    def subscription_id(self) -> UUID | None:
        """The subscription that it was raised for."""
        return self.subscription.id if self.subscription else None

    def allocation(self, part: Part) -> Allocation:
        """The part of a payment that settles this charge."""
        return Allocation(
            charge_id=self.charge.id,
            subscription_id=self.subscription_id,
            kind=self.kind,
            category=self.category,
            service=self.charge.service,
            period=self.charge.period,
            amount=part.amount,
            charge_amount=self.charge.amount,
            open_after=part.open_after,
        )


_month = aliased(Charge)
_LAST_MONTH = (
    select(func.max(_month.period))
    .where(_month.kind == ChargeKind.RECURRING.value, _month.subscription_id == Charge.subscription_id)
    .correlate(Charge)
)
_OPEN = (
    select(
        _LAST_MONTH.where(_month.period < Charge.period).scalar_subquery().label("charged_before"),
        _LAST_MONTH.scalar_subquery().label("charged_last"),
        Charge.id,
        Charge.period,
        Charge.service.label("charge_service"),
        Charge.kind,
        Charge.category,
        Charge.amount_minor,
        Charge.settled_minor,
        Charge.currency,
        *STANDING_COLUMNS,
    )
    .outerjoin(Subscription, Subscription.id == Charge.subscription_id)
    .outerjoin(Plan, Plan.id == Subscription.plan_id)
    .where(
        Charge.settled_minor < Charge.amount_minor,
        Charge.customer_id == bindparam("customer_id"),
        Charge.currency == bindparam("currency"),
    )
)


def open_dues(session: Session, customer_id: UUID, currency: str) -> list[Due]:
    """The customer's open charges of that currency, in the order in which payments settle them."""
    rows = session.connection().execute(_OPEN, {"customer_id": customer_id, "currency": currency}).all()
    dues = {row.id: _due(row) for row in rows}
    return [dues[charge.id] for charge in in_order(due.charge for due in dues.values())]


def of_service(dues: Iterable[Due], service: Service | None) -> list[Due]:
    """Those that a payment addresses: of the named service, else all (RULES, payments)."""
    return [due for due in dues if service is None or due.charge.service is service]


def _due(row: Any) -> Due:
    kind = ChargeKind(row.kind)
    charge = OpenCharge(
        id=row.id,
        period=row.period,
        service=Service(row.charge_service) if row.charge_service else None,
        fee=kind is ChargeKind.FEE,
        amount=Money.of(row.amount_minor, row.currency),
        open=Money.of(row.amount_minor - row.settled_minor, row.currency),
    )
    subscription = standing_of(row) if row.subscription_id is not None else None
    return Due(charge, kind, FeeCategory(row.category), subscription, row.charged_before, row.charged_last)
