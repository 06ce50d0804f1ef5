"""Online payments to confirm: staff look for the money that customers told us of, and say whether it is there."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext
from pydantic import ValidationError

from contracts.actor import Right
from contracts.calls import Call
from contracts.calls.online_payments import (
    ConfirmOnlinePayment,
    GetOnlinePayment,
    ListOnlinePayments,
    MarkRefunded,
    OnlinePaymentView,
    OnlineState,
    RefuseOnlinePayment,
)
from contracts.errors import Conflict, RuleBroken
from gateway.pages.answering import go, show_form
from gateway.pages.places import require, staff_only
from gateway.rpc import ask

from .forms import ReasonForm

pages = Blueprint("online_pages", __name__, url_prefix="/online-payments")

SHOWN = (
    OnlineState.AWAITING,
    OnlineState.UNALLOCATED,
    OnlineState.SETTLED,
    OnlineState.REFUSED,
    OnlineState.REFUNDED,
)
"""States that staff look at, in the order of their tabs; what is only started is nobody's work."""


@pages.get("")
def find() -> str:
    """Online payments in one state; those that wait for confirmation when none is named."""
    _require_desk()
    state, cursor = _state(request.args.get("state", "")), request.args.get("cursor") or None
    found = ask(ListOnlinePayments(state=state, cursor=cursor))
    return render_template("online/list.html", found=found, state=state, states=SHOWN)


@pages.get("/<uuid:online_payment_id>")
def show(online_payment_id: UUID) -> Response:
    """One online payment, with what can be decided about it."""
    _require_desk()
    return _page(online_payment_id, ReasonForm())


@pages.post("/<uuid:online_payment_id>/confirm")
def confirm(online_payment_id: UUID) -> Response:
    """The money is there: record the payment."""
    _require_desk()
    return _decide(online_payment_id, ConfirmOnlinePayment(online_payment_id=online_payment_id))


@pages.post("/<uuid:online_payment_id>/refuse")
def refuse(online_payment_id: UUID) -> Response:
    """There is no such money."""
    return _with_reason(
        online_payment_id,
        lambda reason: RefuseOnlinePayment(online_payment_id=online_payment_id, reason=reason),
    )


@pages.post("/<uuid:online_payment_id>/refunded")
def refunded(online_payment_id: UUID) -> Response:
    """Money that nothing was open for was given back."""
    return _with_reason(
        online_payment_id, lambda reason: MarkRefunded(online_payment_id=online_payment_id, reason=reason)
    )


def _with_reason(online_payment_id: UUID, asked: Callable[[str], Call[OnlinePaymentView]]) -> Response:
    _require_desk()
    form = ReasonForm()
    if not form.validate_on_submit():
        return _page(online_payment_id, form)
    try:
        request_with_reason = asked(form.reason.data)
    except ValidationError as error:
        return _page(online_payment_id, form, error)
    return _decide(online_payment_id, request_with_reason)


def _decide(online_payment_id: UUID, asked: Call[OnlinePaymentView]) -> Response:
    """Carry it out and say what became of it; who was too late sees why."""
    try:
        done = ask(asked)
    except (Conflict, RuleBroken) as error:
        return _page(online_payment_id, ReasonForm(formdata=None), error)
    if done.state is OnlineState.SETTLED:
        flash(gettext("The payment is recorded; its receipt is %(number)s.", number=done.payment_number))
    elif done.state is OnlineState.UNALLOCATED:
        flash(gettext("Nothing is open for this money any more; it is kept to be refunded."))
    else:
        flash(gettext("Your decision is stored, and the customer sees it."))
    return go(url_for("online_pages.find"))


def _page(
    online_payment_id: UUID, form: ReasonForm, error: Conflict | RuleBroken | ValidationError | None = None
) -> Response:
    one = ask(GetOnlinePayment(online_payment_id=online_payment_id))
    return show_form("online/show.html", form, error, one=one, states=OnlineState)


def _state(text: str) -> OnlineState:
    return OnlineState(text) if text in list(OnlineState) else OnlineState.AWAITING


def _require_desk() -> None:
    staff_only()
    require(Right.TAKE_PAYMENTS)
