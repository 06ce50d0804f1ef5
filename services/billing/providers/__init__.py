"""Who moves the money of customers who pay by themselves (docs/decisions/0009-online-payments.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from contracts.calls.online_payments import OnlineProvider, SettleOnlinePayment
from contracts.money import Money


@dataclass(frozen=True)
class Intent:
    """What a provider needs to know of a payment that is to be made."""

    id: UUID
    code: str
    amount: Money


class Provider(Protocol):
    """One way to pay. A provider writes nothing and calls nobody inside a transaction."""

    def start(self, intent: Intent) -> str | None:
        """Where the customer goes to pay; None when they pay by themselves and give us a reference."""

    def check(self, callback: SettleOnlinePayment, now: datetime) -> None:
        """Raises CallbackRefused unless the provider itself says this, and says it now."""


Providers = Mapping[OnlineProvider, Provider]
