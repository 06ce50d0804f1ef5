"""Online payments that an actor sees, and how a customer may pay by themselves."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.copies import KnownCustomer, find_customer
from billing.domain.online_rules import offered, pay_to
from billing.providers import Intent, Providers
from billing.queries.cursors import cursor_of, key_of
from billing.tables import CustomerCopy, OnlinePayment
from contracts.actor import Actor, Right, Role
from contracts.calls.online_payments import (
    GetOnlineOptions,
    GetOnlinePayment,
    ListOnlinePayments,
    OnlineOptions,
    OnlinePaymentList,
    OnlinePaymentView,
    OnlineProvider,
    OnlineState,
)
from contracts.cards import CustomerCard, Service
from contracts.errors import NotFound
from contracts.money import Money

_TO_BE_PAID = frozenset({OnlineState.STARTED, OnlineState.REFUSED})


def find_online(
    session: Session, online_payment_id: UUID, actor: Actor | None = None, *, lock: bool = False
) -> OnlinePayment:
    """The online payment. Raises NotFound, also when it is hidden from the actor."""
    found = session.get(
        OnlinePayment, online_payment_id, with_for_update=True if lock else None, populate_existing=lock
    )
    if found is None:
        raise NotFound("There is no such online payment.")
    if actor is not None:
        actor.require_customer(found.customer_id, found.branch_id, "online payment")
        actor.require(Right.SEE_MONEY)
    return found


def get_online_payment(
    session: Session, request: GetOnlinePayment, actor: Actor, providers: Providers
) -> OnlinePaymentView:
    """One online payment. Raises NotFound, Forbidden."""
    found = find_online(session, request.online_payment_id, actor)
    return online_view(found, find_customer(session, found.customer_id), providers)


def get_online_options(
    session: Session, request: GetOnlineOptions, actor: Actor, providers: Providers
) -> OnlineOptions:
    """How this customer may pay by themselves. Raises NotFound, Forbidden."""
    customer = find_customer(session, request.customer_id, actor)
    actor.require(Right.SEE_MONEY)
    accounts = pay_to(customer.branch.card.policy, customer.branch.currency)
    return OnlineOptions(
        customer_id=customer.id, providers=offered(frozenset(providers), accounts), pay_to=accounts,
        waiting=tuple(online_view(one, customer, providers) for one in waiting_of(session, customer.id)),
    )  # fmt: skip


def waiting_of(session: Session, customer_id: UUID) -> list[OnlinePayment]:
    """What the customer told us of and staff have not confirmed yet."""
    return list(
        session.scalars(
            select(OnlinePayment)
            .where(
                OnlinePayment.customer_id == customer_id, OnlinePayment.state == OnlineState.AWAITING.value
            )
            .order_by(OnlinePayment.started_at)
        )
    )


def list_online_payments(
    session: Session, request: ListOnlinePayments, actor: Actor, providers: Providers
) -> OnlinePaymentList:
    """Online payments of one state, who has waited longest first. Raises Forbidden."""
    statement = (
        select(OnlinePayment, CustomerCopy.card)
        .join(CustomerCopy, CustomerCopy.id == OnlinePayment.customer_id)
        .order_by(OnlinePayment.changed_at, OnlinePayment.id)
    )
    actor.require(Right.SEE_MONEY)
    if actor.role is Role.CUSTOMER:
        statement = statement.where(OnlinePayment.customer_id == actor.customer_id)
    elif actor.branch_ids is not None:
        statement = statement.where(OnlinePayment.branch_id.in_(list(actor.branch_ids)))
    if request.branch_id is not None:
        actor.require_branch(request.branch_id, "branch")
        statement = statement.where(OnlinePayment.branch_id == request.branch_id)
    if request.state is not None:
        statement = statement.where(OnlinePayment.state == request.state.value)
    if request.cursor:
        changed_at, online_id = key_of(request.cursor, datetime.fromisoformat, UUID)
        later = (OnlinePayment.changed_at == changed_at) & (OnlinePayment.id > online_id)
        statement = statement.where((OnlinePayment.changed_at > changed_at) | later)
    rows = session.execute(statement.limit(request.limit + 1)).all()
    page = rows[: request.limit]
    after = (
        cursor_of(page[-1][0].changed_at.isoformat(), page[-1][0].id) if len(rows) > request.limit else None
    )
    items = tuple(_view(one, CustomerCard.model_validate(card)) for one, card in page)
    return OnlinePaymentList(items=items, next=after)


def online_view(one: OnlinePayment, customer: KnownCustomer, providers: Providers) -> OnlinePaymentView:
    """An online payment as its customer and staff see it, with where it is to be paid as long as it is not."""
    view = _view(one, customer.card)
    if view.state not in _TO_BE_PAID:
        return view
    provider = providers.get(view.provider)
    path = provider.start(Intent(one.id, one.code, view.amount)) if provider else None
    accounts = pay_to(customer.branch.card.policy, customer.branch.currency)
    manual = {"pay_to": accounts} if view.provider is OnlineProvider.MANUAL else {}
    return view.model_copy(update={"redirect_to": path, **manual})


def _view(one: OnlinePayment, customer: CustomerCard) -> OnlinePaymentView:
    received = None
    if one.received_minor is not None and one.received_currency is not None:
        received = Money.of(one.received_minor, one.received_currency)
    return OnlinePaymentView.model_validate(
        {
            "id": one.id, "code": one.code, "provider": one.provider, "state": one.state,
            "customer_id": one.customer_id, "customer_name": customer.name, "crf": customer.crf,
            "branch_id": one.branch_id, "amount": Money.of(one.amount_minor, one.currency),
            "service_kind": Service(one.service) if one.service else None, "reference": one.reference,
            "problem": one.problem, "received": received, "payment_number": one.payment_number,
            "decided_by": one.decided_by, "started_at": one.started_at, "changed_at": one.changed_at,
            "redirect_to": None, "pay_to": {},
        }
    )  # fmt: skip
