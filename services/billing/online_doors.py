"""The doors for payments that customers make by themselves (contracts/calls/online_payments.py)."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session

from billing.providers import Provider, Providers
from billing.providers.manual import ManualReference
from billing.providers.simulated import SimulatedProvider
from billing.queries import online as queries
from billing.usecases import decide_online_payment as decide
from billing.usecases.settle_online_payment import settle_online_payment
from billing.usecases.start_online_payment import start_online_payment
from chassis.platform import Platform
from chassis.service import Service, call
from contracts.actor import Actor
from contracts.calls import online_payments as calls

Answer = TypeVar("Answer")


def providers_of(platform: Platform) -> Providers:
    """The ways to pay that the settings name."""
    found: dict[calls.OnlineProvider, Provider] = {calls.OnlineProvider.MANUAL: ManualReference()}
    if platform.settings.payment_provider == calls.OnlineProvider.SIMULATED.value:
        secret = platform.keys.simulated_provider()
        found[calls.OnlineProvider.SIMULATED] = SimulatedProvider(secret)
    return found


class OnlineDoors(Service):
    """Payments that customers make by themselves."""

    @call
    def get_online_options(self, request: calls.GetOnlineOptions, actor: Actor) -> calls.OnlineOptions:
        """How a customer may pay by themselves."""
        return self._read(lambda s: queries.get_online_options(s, request, actor, self._providers))

    @call
    def get_online_payment(self, request: calls.GetOnlinePayment, actor: Actor) -> calls.OnlinePaymentView:
        """One online payment."""
        return self._read(lambda s: queries.get_online_payment(s, request, actor, self._providers))

    @call
    def list_online_payments(
        self, request: calls.ListOnlinePayments, actor: Actor
    ) -> calls.OnlinePaymentList:
        """Online payments of one state."""
        return self._read(lambda s: queries.list_online_payments(s, request, actor, self._providers))

    @call
    def start_online_payment(
        self, request: calls.StartOnlinePayment, actor: Actor
    ) -> calls.OnlinePaymentView:
        """A customer means to pay."""
        return self._write(lambda s: start_online_payment(s, request, actor, self.clock, self._providers))

    @call
    def give_reference(self, request: calls.GiveReference, actor: Actor) -> calls.OnlinePaymentView:
        """A customer says under which number they paid."""
        return self._write(lambda s: decide.give_reference(s, request, actor, self.clock, self._providers))

    @call
    def confirm_online_payment(
        self, request: calls.ConfirmOnlinePayment, actor: Actor
    ) -> calls.OnlinePaymentView:
        """Staff found the money."""
        return self._write(
            lambda s: decide.confirm_online_payment(s, request, actor, self.clock, self._providers)
        )

    @call
    def refuse_online_payment(
        self, request: calls.RefuseOnlinePayment, actor: Actor
    ) -> calls.OnlinePaymentView:
        """Staff found no such money."""
        return self._write(
            lambda s: decide.refuse_online_payment(s, request, actor, self.clock, self._providers)
        )

    @call
    def mark_refunded(self, request: calls.MarkRefunded, actor: Actor) -> calls.OnlinePaymentView:
        """Money that nothing was open for was given back."""
        return self._write(lambda s: decide.mark_refunded(s, request, actor, self.clock, self._providers))

    @call
    def settle_online_payment(self, request: calls.SettleOnlinePayment) -> calls.OnlinePaymentView:
        """A provider says what became of a payment."""
        return self._write(lambda s: settle_online_payment(s, request, self.clock, self._providers))

    @property
    def _providers(self) -> Providers:
        return providers_of(self.platform)

    def _write(self, work: Callable[[Session], Answer]) -> Answer:
        raise NotImplementedError

    def _read(self, work: Callable[[Session], Answer]) -> Answer:
        raise NotImplementedError
