"""A payment by reference: the customer gives the number; staff confirm, refuse, or note what was given back."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from billing.copies import find_customer
from billing.domain.online_rules import WITH_REFERENCE, OnlinePaymentDecided, may_move
from billing.domain.payment_rules import ReferenceUsed
from billing.providers import Providers
from billing.queries.online import find_online, online_view
from billing.tables import OnlinePayment, Payment
from billing.usecases.settle_online_payment import take_in
from chassis.audit import about
from chassis.clock import Clock
from contracts.actor import Actor, Right, Role
from contracts.calls.online_payments import (
    ConfirmOnlinePayment,
    GiveReference,
    MarkRefunded,
    OnlinePaymentView,
    OnlineProvider,
    OnlineState,
    RefuseOnlinePayment,
)
from contracts.cards import PaymentMode
from contracts.errors import Forbidden


def give_reference(
    session: Session, request: GiveReference, actor: Actor, clock: Clock, providers: Providers
) -> OnlinePaymentView:
    """From now on staff look for the money. The same number given twice is given once.

    Raises NotFound, Forbidden, OnlinePaymentDecided, ReferenceUsed.
    """
    one = find_online(session, request.online_payment_id, actor, lock=True)
    if actor.role is not Role.CUSTOMER or one.provider != OnlineProvider.MANUAL.value:
        raise Forbidden("Only the customer who pays by a reference number gives it.")
    if not (one.state == OnlineState.AWAITING.value and one.reference == request.reference):
        if one.state != OnlineState.STARTED.value:
            raise _decided(one)
        _require_free(session, one, request.reference)
        about(session, "online_payment", one.id, branch_id=one.branch_id, state=OnlineState.AWAITING.value)
        one.reference, one.state, one.changed_at = request.reference, OnlineState.AWAITING.value, clock.now()
        try:
            session.flush()
        except IntegrityError:
            raise _used(request.reference) from None
    return online_view(one, find_customer(session, one.customer_id), providers)


def confirm_online_payment(
    session: Session, request: ConfirmOnlinePayment, actor: Actor, clock: Clock, providers: Providers
) -> OnlinePaymentView:
    """Record the payment of the money that was found. Confirming twice is confirming once.

    Raises NotFound, Forbidden, OnlinePaymentDecided, ReferenceUsed.
    """
    one = find_online(session, request.online_payment_id, actor, lock=True)
    _require_staff(actor, Right.TAKE_PAYMENTS)
    if one.state not in (OnlineState.SETTLED.value, OnlineState.UNALLOCATED.value):
        if one.state != OnlineState.AWAITING.value:
            raise _decided(one)
        # Taken down at the desk with the same number before: that was this money, so it is not kept a second time.
        _require_unrecorded(session, one, one.reference or "")
        take_in(session, one, actor, clock)
        session.flush()
    return online_view(one, find_customer(session, one.customer_id), providers)


def refuse_online_payment(
    session: Session, request: RefuseOnlinePayment, actor: Actor, clock: Clock, providers: Providers
) -> OnlinePaymentView:
    """No such money was found. Raises NotFound, Forbidden, OnlinePaymentDecided."""
    one = find_online(session, request.online_payment_id, actor, lock=True)
    _require_staff(actor, Right.TAKE_PAYMENTS)
    if one.state != OnlineState.AWAITING.value:
        raise _decided(one)
    return _decide(session, one, OnlineState.REFUSED, request.reason, actor, clock, providers)


def mark_refunded(
    session: Session, request: MarkRefunded, actor: Actor, clock: Clock, providers: Providers
) -> OnlinePaymentView:
    """Money that nothing was open for was given back. Raises NotFound, Forbidden, OnlinePaymentDecided."""
    one = find_online(session, request.online_payment_id, actor, lock=True)
    _require_staff(actor, Right.VOID_PAYMENTS)
    if not may_move(OnlineState(one.state), OnlineState.REFUNDED):
        raise _decided(one)
    return _decide(session, one, OnlineState.REFUNDED, request.reason, actor, clock, providers)


def _decide(
    session: Session,
    one: OnlinePayment,
    to: OnlineState,
    reason: str,
    actor: Actor,
    clock: Clock,
    providers: Providers,
) -> OnlinePaymentView:
    about(session, "online_payment", one.id, branch_id=one.branch_id, state=to.value)
    one.state, one.problem, one.decided_by, one.changed_at = to.value, reason, actor.name, clock.now()
    session.flush()
    return online_view(one, find_customer(session, one.customer_id), providers)


def _require_staff(actor: Actor, right: Right) -> None:
    if actor.role is Role.CUSTOMER:
        raise Forbidden("This is for staff of your branch.")
    actor.require(right)


def _require_free(session: Session, one: OnlinePayment, reference: str) -> None:
    """Raises ReferenceUsed when the number is on another payment of the branch already."""
    _require_unrecorded(session, one, reference)
    taken = select(OnlinePayment.id).where(
        OnlinePayment.branch_id == one.branch_id,
        OnlinePayment.reference == reference,
        OnlinePayment.id != one.id,
        OnlinePayment.state.in_([state.value for state in WITH_REFERENCE]),
    )
    if session.scalar(taken.limit(1)) is not None:
        raise _used(reference)


def _require_unrecorded(session: Session, one: OnlinePayment, reference: str) -> None:
    recorded = select(Payment.id).where(
        Payment.branch_id == one.branch_id,
        Payment.mode == PaymentMode.ONLINE.value,
        Payment.reference == reference,
    )
    if session.scalar(recorded.limit(1)) is not None:
        raise _used(reference)


def _used(reference: str) -> ReferenceUsed:
    return ReferenceUsed(
        f'The reference "{reference}" is on another payment already; check the number.', field="reference"
    )


def _decided(one: OnlinePayment) -> OnlinePaymentDecided:
    return OnlinePaymentDecided(f"This payment is {one.state} already; look at it anew.")
