"""What a customer's first page shows: each service with its status, expiry, dues and plan (C28 to C31)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.calls.billing import (
    DueCharge,
    DuesView,
    GetDues,
    ListPayments,
    ListSubscriptions,
    SubscriptionView,
)
from contracts.calls.customers import GetCustomer
from contracts.calls.online_payments import GetOnlineOptions
from contracts.cards import SubscriptionStatus
from contracts.money import Money, total
from gateway.rpc import ask_together

RECENT = 5
"""Payments on the first page; the others are behind a link."""


@dataclass(frozen=True)
class ServiceCard:
    """One subscription of the customer with what is open for it."""

    subscription: SubscriptionView
    open: Money | None
    months: int
    """Months of which something is open."""
    pays_alone: bool
    """Whether its dues can be paid without those of another subscription: it is the only one of its service."""


def home_facts(customer_id: UUID) -> dict[str, Any]:
    """Everything for `home/customer.html`, asked for at once. Raises Refusal."""
    customer, dues, subscriptions, payments, options = ask_together(
        GetCustomer(customer_id=customer_id),
        GetDues(customer_id=customer_id),
        ListSubscriptions(customer_id=customer_id),
        ListPayments(customer_id=customer_id, limit=RECENT),
        GetOnlineOptions(customer_id=customer_id),
    )
    return {
        "customer": customer, "dues": dues, "payments": payments.items, "options": options,
        "services": service_cards(subscriptions.items, dues), "others": _others(subscriptions.items, dues),
    }  # fmt: skip


def service_cards(subscriptions: Sequence[SubscriptionView], dues: DuesView) -> list[ServiceCard]:
    """A card for each subscription; closed ones only while something of them is open."""
    cards = []
    for one in subscriptions:
        charges = [charge for charge in dues.charges if charge.subscription_id == one.id]
        if one.status is SubscriptionStatus.CLOSED and not charges:
            continue
        alone = {charge.subscription_id for charge in dues.charges if charge.service is one.service} == {
            one.id
        }
        cards.append(ServiceCard(one, _sum(charges), len({charge.period for charge in charges}), alone))
    return cards


def _others(subscriptions: Sequence[SubscriptionView], dues: DuesView) -> Money | None:
    """What is open of no subscription: fees for the customer themself."""
    known = {one.id for one in subscriptions}
    return _sum([charge for charge in dues.charges if charge.subscription_id not in known])


def _sum(charges: Sequence[DueCharge]) -> Money | None:
    return total((charge.open for charge in charges), charges[0].open.currency) if charges else None
