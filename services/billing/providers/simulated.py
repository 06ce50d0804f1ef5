"""A provider for trying out and for tests: a page of our own takes the place of the bank, and no money moves."""

from datetime import datetime
from urllib.parse import urlencode

from billing.domain.online_rules import CallbackRefused
from billing.providers import Intent
from chassis.callbacks import is_fresh, is_signed, signature_of
from contracts.calls.online_payments import SettleOnlinePayment

PAGE = "/simulated-provider"
"""Where the gateway shows the simulated provider."""


class SimulatedProvider:
    """Sends the customer to a page that signs what it is told with the secret that both know."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def start(self, intent: Intent) -> str | None:
        """The page's path with what is to be paid, signed, so that nobody alters the amount on the way."""
        fields = {
            "payment": str(intent.id), "code": intent.code, "amount_minor": str(intent.amount.minor),
            "currency": intent.amount.currency,
        }  # fmt: skip
        return f"{PAGE}?{urlencode({**fields, 'signature': signature_of(self._secret, fields)})}"

    def check(self, callback: SettleOnlinePayment, now: datetime) -> None:
        """Raises CallbackRefused for a signature that is not the provider's, or an old one."""
        if not is_signed(self._secret, callback.signed_fields(), callback.signature):
            raise CallbackRefused("The signature is not the provider's.")
        if not is_fresh(callback.at, now):
            raise CallbackRefused("This was signed too long ago; sign it anew.")
