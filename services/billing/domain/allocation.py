"""Spreading a payment over open charges (RULES, payments)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from contracts.cards import Service
from contracts.money import Money, total

_SERVICE_ORDER = {Service.CABLE_TV: 0, Service.BROADBAND: 1, None: 2}


@dataclass(frozen=True)
class OpenCharge:
    """A charge with something open: `amount` as raised, `open` what is left of it. `fee` False for a month's
    usage.
    """

    id: UUID
    period: str
    service: Service | None
    fee: bool
    amount: Money
    open: Money


@dataclass(frozen=True)
class Part:
    """The part of a payment that settles one charge, wholly or in part."""

    charge: OpenCharge
    amount: Money

    @property
    def open_after(self) -> Money:
        """What is left of the charge."""
        return self.charge.open - self.amount

    @property
    def partial(self) -> bool:
        """Whether this part is less than the whole charge, so that a document says "part of"."""
        return self.amount != self.charge.amount


def in_order(open_charges: Iterable[OpenCharge]) -> list[OpenCharge]:
    """Oldest period first; in one period cable TV before broadband before charges of no service, months
    before fees.
    """
    return sorted(open_charges, key=lambda one: (one.period, _SERVICE_ORDER[one.service], one.fee, one.id))


def allocate(payment: Money, open_charges: Sequence[OpenCharge]) -> list[Part]:
    """Spread a payment over open charges, oldest period first. The parts sum to the payment; no part exceeds
    its charge.

    Raises ValueError when the payment is more than all that is open: the rules refuse that before
    (payment_rules).
    """
    left, parts = payment, []
    for charge in in_order(open_charges):
        if not left:
            break
        amount = min(left, charge.open)
        if amount:
            parts.append(Part(charge, amount))
            left -= amount
    if left:
        raise ValueError(f"{left} of {payment} meets no open charge")
    return parts


def total_open(open_charges: Iterable[OpenCharge], currency: str) -> Money:
    """All that is open."""
    return total((one.open for one in open_charges), currency)
