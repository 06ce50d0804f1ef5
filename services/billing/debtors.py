"""Customers with dues that are due, as conditions of SQL on CustomerCopy: the list, its sums and a run share them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, ScalarSelect, exists, func, not_, select
from sqlalchemy.orm import aliased

from billing.copies import KnownBranch
from billing.domain.periods import add_months
from billing.domain.reminding import area_key, first_period, reminded_lately_from
from billing.tables import Charge, CustomerCopy, Promise, Reminder
from contracts.calls.billing import DebtorFilter
from contracts.cards import Service
from contracts.fields import period_of
from contracts.money import Money


class Choice(BaseModel):
    """Whom a dunning run is to remind, as its row keeps it."""

    model_config = ConfigDict(frozen=True)

    filter: DebtorFilter = DebtorFilter()
    customer_ids: tuple[UUID, ...] = ()
    force: bool = False

    def conditions(self, branch: KnownBranch, today: date) -> list[ColumnElement[bool]]:
        """Who was chosen, whatever they owe, whether they may be reminded now or not (least_of says the amount)."""
        wanted = owing(branch, today, self.filter)
        return [*wanted, CustomerCopy.id.in_(self.customer_ids)] if self.customer_ids else wanted

    def allowed(self, branch: KnownBranch, today: date) -> list[ColumnElement[bool]]:
        """Who is not left in peace. Force makes the branch's days one; promises hold against it."""
        policy = branch.card.policy
        quiet_from = today if self.force else reminded_lately_from(policy.reminder_pause_days, today)
        return [
            not_(has_promise(today)),
            oldest_due(branch, today) <= first_period(policy.reminder_stages, today),
            not_(_reminded_from(quiet_from)),
        ]

    def may_be_reminded(self, branch: KnownBranch, today: date) -> list[ColumnElement[bool]]:
        """Who of the chosen is not left in peace, and owes enough."""
        found = [*self.conditions(branch, today), *self.allowed(branch, today)]
        least = least_of(branch, self.filter)
        return found if least is None else [*found, open_sum(branch, today) >= least]


_theirs = aliased(Charge)
"""Charges inside a condition, where the statement around it may read charges too."""


def due(currency: str, today: date, charge: type[Charge] = Charge) -> list[ColumnElement[bool]]:
    """A charge is due from the first day of its period; one raised ahead is not reminded of yet."""
    return [
        charge.settled_minor < charge.amount_minor,
        charge.period <= period_of(today),
        charge.currency == currency,
    ]


def owing(branch: KnownBranch, today: date, wanted: DebtorFilter) -> list[ColumnElement[bool]]:
    """The branch's customers who owe something that is due and fit the filter but for its amount: least_of says that,
    as no index knows what a customer owes together, and so every one who fits otherwise is looked at for it.
    """
    found = [CustomerCopy.branch_id == branch.id, _owes(branch, today)]
    if wanted.area:
        found.append(CustomerCopy.area_key == area_key(wanted.area))
    if wanted.service_kind is not None:
        found.append(_owes(branch, today, service=wanted.service_kind))
    if wanted.older_than_months is not None:
        found.append(_owes(branch, today, until=add_months(period_of(today), -wanted.older_than_months - 1)))
    if wanted.promised is not None:
        found.append(has_promise(today) if wanted.promised else not_(has_promise(today)))
    if wanted.not_reminded_days is not None:
        found.append(not_(_reminded_from(today - timedelta(days=wanted.not_reminded_days - 1))))
    return found


def least_of(branch: KnownBranch, wanted: DebtorFilter) -> int | None:
    """The least open sum that the filter asks for, in minor units. Raises NotAnAmount."""
    if not wanted.minimum_amount:
        return None
    return Money.parse(wanted.minimum_amount, branch.currency, field="minimum_amount").minor


def open_sum(branch: KnownBranch, today: date) -> ScalarSelect[Any]:
    """What a customer owes that is due, in minor units."""
    opened = func.coalesce(func.sum(_theirs.amount_minor - _theirs.settled_minor), 0)
    mine = select(opened).where(_theirs.customer_id == CustomerCopy.id, *due(branch.currency, today, _theirs))
    return mine.correlate(CustomerCopy).scalar_subquery()


def oldest_due(branch: KnownBranch, today: date) -> ScalarSelect[Any]:
    """The oldest period of which a customer owes something that is due."""
    mine = select(func.min(_theirs.period)).where(
        _theirs.customer_id == CustomerCopy.id, *due(branch.currency, today, _theirs)
    )
    return mine.correlate(CustomerCopy).scalar_subquery()


def last_reminded() -> ScalarSelect[Any]:
    """The last business date on which a customer was reminded."""
    mine = select(func.max(Reminder.business_date)).where(Reminder.customer_id == CustomerCopy.id)
    return mine.correlate(CustomerCopy).scalar_subquery()


def has_promise(today: date) -> ColumnElement[bool]:
    """Whether a promise to pay holds."""
    standing = aliased(Promise)
    mine = select(standing.id).where(
        standing.customer_id == CustomerCopy.id,
        standing.withdrawn_at.is_(None),
        standing.promised_until >= today,
    )
    return mine.correlate(CustomerCopy).exists()


def branches_of(branches: Sequence[KnownBranch], wanted: DebtorFilter) -> list[KnownBranch]:
    """Those of the branches that the filter names."""
    return [one for one in branches if wanted.branch_id is None or one.id == wanted.branch_id]


def _owes(
    branch: KnownBranch, today: date, *, until: str | None = None, service: Service | None = None
) -> ColumnElement[bool]:
    """Whether a customer has an open charge that is due: of the service, of that period or an older one."""
    mine = select(_theirs.id).where(
        _theirs.customer_id == CustomerCopy.id, *due(branch.currency, today, _theirs)
    )
    if until is not None:
        mine = mine.where(_theirs.period <= until)
    if service is not None:
        mine = mine.where(_theirs.service == service.value)
    return mine.correlate(CustomerCopy).exists()


def _reminded_from(day: date) -> ColumnElement[bool]:
    return exists().where(Reminder.customer_id == CustomerCopy.id, Reminder.business_date >= day)
