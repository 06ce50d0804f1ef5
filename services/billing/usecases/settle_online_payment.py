"""Money of an online payment has come: record the payment once, or keep what nothing is open for (any more)."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from billing.copies import find_customer
from billing.domain.online_rules import CallbackRefused, may_move
from billing.domain.payment_rules import StillRunning
from billing.providers import Providers
from billing.queries.online import find_online, online_view
from billing.tables import OnlinePayment
from billing.usecases.record_payment import record_payment
from chassis.audit import about
from chassis.clock import Clock
from contracts.actor import Actor, service_actor
from contracts.calls.billing import RecordPayment
from contracts.calls.online_payments import (
    OnlinePaymentView,
    OnlineProvider,
    OnlineState,
    SettleOnlinePayment,
)
from contracts.cards import PaymentMode, Service
from contracts.errors import RuleBroken
from contracts.money import Money

_RECEIVERS = {OnlineProvider.SIMULATED: "Simulated provider"}
"""What stands on the receipt as who received it."""


def settle_online_payment(
    session: Session, request: SettleOnlinePayment, clock: Clock, providers: Providers
) -> OnlinePaymentView:
    """What a provider says becomes of a payment. Said again, or in several ways at once, it is carried out once.

    Raises CallbackRefused, NotFound.
    """
    provider = providers.get(request.provider)
    if provider is None:
        raise CallbackRefused("There is no such payment provider here.")
    provider.check(request, clock.now())
    one = find_online(session, request.online_payment_id, lock=True)
    if one.provider != request.provider.value:
        raise CallbackRefused("This payment was started with another provider.")
    if request.is_paid:
        _paid(session, one, request, clock)
    elif OnlineState(one.state) is OnlineState.STARTED:
        _move(session, one, OnlineState.REFUSED, "The provider did not take the payment.", None, clock)
    session.flush()
    return online_view(one, find_customer(session, one.customer_id), providers)


def take_in(session: Session, one: OnlinePayment, actor: Actor, clock: Clock) -> None:
    """Record the payment of money that has come, by the actor; what cannot be recorded is kept as unallocated.

    The intent's row is locked, so it happens once. Raises StillRunning when somebody else is at it.
    """
    problem: str | None = None
    try:
        with session.begin_nested():
            recorded = record_payment(session, _request(one), actor, clock)
    except StillRunning:
        raise
    except RuleBroken as error:
        problem = error.message
    except IntegrityError:
        # Rolled back to before the payment; what it met is there to be seen at the next try.
        raise StillRunning("The books were changed in this moment; try again.") from None
    if problem is not None:
        _move(session, one, OnlineState.UNALLOCATED, problem, actor.name, clock)
        return
    one.payment_id, one.payment_number = recorded.id, recorded.payment_number
    _move(session, one, OnlineState.SETTLED, None, actor.name, clock)


def _paid(session: Session, one: OnlinePayment, request: SettleOnlinePayment, clock: Clock) -> None:
    if not may_move(OnlineState(one.state), OnlineState.SETTLED):
        return  # said before; money that was refunded or recorded is not taken in again
    one.reference = request.reference
    receiver = _RECEIVERS.get(request.provider, request.provider.value)
    if (request.amount_minor, request.currency) != (one.amount_minor, one.currency):
        one.received_minor, one.received_currency = request.amount_minor, request.currency
        said = f"The provider received another amount than {Money.of(one.amount_minor, one.currency)}."
        _move(session, one, OnlineState.UNALLOCATED, said, receiver, clock)
        return
    take_in(session, one, service_actor("billing").model_copy(update={"name": receiver}), clock)


def _request(one: OnlinePayment) -> RecordPayment:
    return RecordPayment(
        customer_id=one.customer_id, amount=Money.of(one.amount_minor, one.currency).decimal_text(),
        mode=PaymentMode.ONLINE, reference=one.reference,
        service_kind=Service(one.service) if one.service else None, idempotency_key=f"online-{one.id}",
    )  # fmt: skip


def _move(
    session: Session, one: OnlinePayment, to: OnlineState, problem: str | None, by: str | None, clock: Clock
) -> None:
    one.state, one.problem, one.decided_by = to.value, (problem or "")[:500] or None, by
    one.changed_at = clock.now()
    about(session, "online_payment", one.id, branch_id=one.branch_id, state=to.value)
