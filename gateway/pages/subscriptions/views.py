"""Pages about a customer's subscriptions and fees."""

from uuid import UUID, uuid4

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext
from pydantic import ValidationError
from wtforms.fields.choices import SelectChoice

from contracts.actor import Right
from contracts.calls.billing import (
    AddSubscription,
    ListPlans,
    ListSubscriptions,
    MoveSubscription,
    PlanView,
    RaiseFee,
    SubscriptionView,
)
from contracts.calls.customers import CustomerView
from contracts.cards import FeeCategory, SubscriptionStatus
from contracts.errors import Refusal
from gateway.pages.answering import go, show_form
from gateway.pages.customers.hub import hub_facts
from gateway.pages.formats import category_text, money_text, service_text
from gateway.pages.places import require
from gateway.pages.refusals import NotHere
from gateway.rpc import ask

from .forms import FeeForm, MoveForm, SubscriptionForm

pages = Blueprint("subscription_pages", __name__, url_prefix="/customers/<uuid:customer_id>")

MOST_PLANS = 200
_STOPPED = (SubscriptionStatus.VOLUNTARY_STOP, SubscriptionStatus.FORCED_STOP)


def moves_from(status: SubscriptionStatus) -> list[SubscriptionStatus]:
    """What staff may ask for from a status; billing has the last word (billing/domain/moves.py)."""
    if status is SubscriptionStatus.CLOSED:
        return []
    if status in _STOPPED:
        return [SubscriptionStatus.ACTIVE, SubscriptionStatus.CLOSED]
    return [*_STOPPED, SubscriptionStatus.CLOSED]


@pages.get("/subscriptions")
def of_customer(customer_id: UUID) -> str:
    """What the customer has and had, each with what can be done about it."""
    facts, (found,) = hub_facts(customer_id, ListSubscriptions(customer_id=customer_id))
    return render_template("subscriptions/tab.html", found=found.items, moves_from=moves_from, **facts)


@pages.route("/subscriptions/new", methods=["GET", "POST"])
def add(customer_id: UUID) -> Response:
    """Subscribe the customer to a plan of their branch."""
    require(Right.MANAGE_SUBSCRIPTIONS)
    facts, _ = hub_facts(customer_id)
    customer: CustomerView = facts["customer"]
    plans = ask(ListPlans(branch_id=customer.branch_id, limit=MOST_PLANS)).items
    form = SubscriptionForm()
    form.plan_id.choices = [SelectChoice(str(plan.id), _plan_text(plan)) for plan in plans]
    if request.method == "GET":
        form.key.data = str(uuid4())
    if not form.validate_on_submit():
        return show_form("subscriptions/add.html", form, plans=plans, **facts)
    try:
        added = ask(
            AddSubscription(
                customer_id=customer_id, plan_id=form.plan_id.data, started_on=form.started_on.data,
                price=form.price.data or None, idempotency_key=form.key.data,
            )
        )  # fmt: skip
    except (Refusal, ValidationError) as error:
        return show_form("subscriptions/add.html", form, error, plans=plans, **facts)
    flash(gettext("%(name)s has %(plan)s now.", name=customer.name, plan=added.plan_name))
    return go(url_for("subscription_pages.of_customer", customer_id=customer_id))


@pages.route("/subscriptions/<uuid:subscription_id>/<to>", methods=["GET", "POST"])
def move(customer_id: UUID, subscription_id: UUID, to: str) -> Response:
    """Stop, reactivate or close a subscription, after naming it once more."""
    require(Right.MANAGE_SUBSCRIPTIONS)
    facts, (found,) = hub_facts(customer_id, ListSubscriptions(customer_id=customer_id))
    one = _one(found.items, subscription_id)
    if to not in list(SubscriptionStatus):
        raise NotHere(gettext("There is nothing at this address."))
    target = SubscriptionStatus(to)
    form = MoveForm(to=to)
    if not form.validate_on_submit():
        return show_form("subscriptions/move.html", form, one=one, to=target, **facts)
    try:
        ask(MoveSubscription(subscription_id=subscription_id, to=target, reason=form.reason.data))
    except (Refusal, ValidationError) as error:
        return show_form("subscriptions/move.html", form, error, one=one, to=target, **facts)
    flash(gettext("The change is made; it is in the history of the subscription."))
    return go(url_for("subscription_pages.of_customer", customer_id=customer_id))


@pages.route("/fees/new", methods=["GET", "POST"])
def raise_fee(customer_id: UUID) -> Response:
    """Raise one fee, due from this month."""
    require(Right.MANAGE_SUBSCRIPTIONS)
    facts, (found,) = hub_facts(customer_id, ListSubscriptions(customer_id=customer_id))
    form = FeeForm()
    form.category.choices = [
        SelectChoice(one.value, category_text(one)) for one in FeeCategory if one is not FeeCategory.USAGE
    ]
    form.subscription_id.choices = [
        SelectChoice("", gettext("No subscription")),
        *(SelectChoice(str(one.id), f"{service_text(one.service)}, {one.plan_name}") for one in found.items),
    ]
    if request.method == "GET":
        form.key.data = str(uuid4())
    if not form.validate_on_submit():
        return show_form("subscriptions/fee.html", form, **facts)
    try:
        fee = ask(
            RaiseFee(
                customer_id=customer_id, category=form.category.data, amount=form.amount.data.strip(),
                subscription_id=form.subscription_id.data or None, note=form.note.data or "",
                idempotency_key=form.key.data,
            )
        )  # fmt: skip
    except (Refusal, ValidationError) as error:
        return show_form("subscriptions/fee.html", form, error, **facts)
    flash(
        gettext(
            "%(amount)s is charged for %(what)s.",
            amount=money_text(fee.amount),
            what=category_text(fee.category),
        )
    )
    return go(url_for("customer_pages.show", customer_id=customer_id))


def _plan_text(plan: PlanView) -> str:
    return f"{service_text(plan.service)}, {plan.name}, {money_text(plan.price)}"


def _one(found: tuple[SubscriptionView, ...], subscription_id: UUID) -> SubscriptionView:
    for one in found:
        if one.id == subscription_id:
            return one
    raise NotHere(gettext("There is no such subscription."))
