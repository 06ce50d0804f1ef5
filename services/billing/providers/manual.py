"""The customer pays by their own bank or UPI app and gives us the reference; staff look for the money."""

from datetime import datetime

from billing.domain.online_rules import CallbackRefused
from billing.providers import Intent
from contracts.calls.online_payments import SettleOnlinePayment


class ManualReference:
    """Nobody calls us back."""

    def start(self, intent: Intent) -> str | None:
        """They stay with us: the page shows where to pay to."""
        return None

    def check(self, callback: SettleOnlinePayment, now: datetime) -> None:
        """Raises CallbackRefused: only staff confirm such a payment."""
        raise CallbackRefused("Payments by reference are confirmed by staff, not by a provider.")
