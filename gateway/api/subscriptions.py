"""Subscriptions of a customer to plans of their branch."""

from datetime import date
from typing import Self
from uuid import UUID

from flask import Response
from pydantic import BaseModel

from contracts.calls.billing import AddSubscription, ListSubscriptions, MoveSubscription
from contracts.calls.billing import SubscriptionView as Subscription
from contracts.cards import Service, SubscriptionStatus
from contracts.fields import Period, Reason
from gateway.api.resource import answer, resource
from gateway.api.shapes import Amount, Body, CustomerPath, Day, OptionalKeyHeader, Parameters, text_of
from gateway.rpc import ask

api = resource("subscriptions", "subscriptions", "What a customer is served and pays for every month")


class SubscriptionPath(Parameters):
    """Which subscription."""

    subscription_id: UUID


class SubscriptionView(BaseModel):
    """A subscription. `price` in `currency` is its own; both are null when the plan's price holds."""

    id: UUID
    customer_id: UUID
    branch_id: UUID
    plan_id: UUID
    plan_code: str
    plan_name: str
    service: Service
    status: SubscriptionStatus
    started_on: date
    billed_from: Period
    expires_on: date
    price: str | None
    currency: str | None
    closed_on: date | None

    @classmethod
    def of(cls, found: Subscription) -> Self:
        """From the call's answer."""
        currency = found.price.currency if found.price is not None else None
        return cls(**found.model_dump(exclude={"price"}), price=text_of(found.price), currency=currency)


class SubscriptionList(BaseModel):
    """All subscriptions of a customer."""

    items: list[SubscriptionView]
    next: str | None


class SubscriptionBody(Body):
    """A new subscription; `price` only when it differs from the plan's."""

    plan_id: UUID
    started_on: Day
    price: Amount | None = None


class MoveBody(Body):
    """Where a subscription goes, and why: voluntary_stop, forced_stop, active (again) or closed."""

    to: SubscriptionStatus
    reason: Reason


@api.get("/customers/<uuid:customer_id>/subscriptions", responses={200: SubscriptionList})
def list_subscriptions(path: CustomerPath) -> Response:
    """A customer's subscriptions."""
    found = ask(ListSubscriptions(customer_id=path.customer_id))
    return answer(
        SubscriptionList(items=[SubscriptionView.of(item) for item in found.items], next=found.next)
    )


@api.post("/customers/<uuid:customer_id>/subscriptions", responses={201: SubscriptionView})
def add_subscription(path: CustomerPath, header: OptionalKeyHeader, body: SubscriptionBody) -> Response:
    """Subscribe a customer to a plan of their branch."""
    call = AddSubscription(customer_id=path.customer_id, idempotency_key=header.key, **body.given())
    return answer(
        SubscriptionView.of(ask(call)), 201, location=f"/customers/{path.customer_id}/subscriptions"
    )


@api.post("/subscriptions/<uuid:subscription_id>/moves", responses={200: SubscriptionView})
def move_subscription(path: SubscriptionPath, body: MoveBody) -> Response:
    """Stop, reactivate or close a subscription."""
    call = MoveSubscription(subscription_id=path.subscription_id, to=body.to, reason=body.reason)
    return answer(SubscriptionView.of(ask(call)))
