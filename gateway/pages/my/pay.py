"""Paying by oneself: a look at what it pays, then to the provider or to the branch's account, then the receipt."""

from uuid import UUID, uuid4

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext
from pydantic import ValidationError

from contracts.calls.billing import GetDues, PaymentPreview, PreviewPayment
from contracts.calls.online_payments import (
    GetOnlineOptions,
    GetOnlinePayment,
    GiveReference,
    OnlinePaymentView,
    OnlineProvider,
    OnlineState,
    StartOnlinePayment,
)
from contracts.cards import Service
from contracts.errors import Invalid, Refusal, RuleBroken
from gateway.pages.answering import go
from gateway.pages.formats import provider_text
from gateway.pages.places import own_customer_id
from gateway.pages.qr import qr_svg
from gateway.pages.said import beside_fields
from gateway.rpc import ask, ask_together

from .forms import PayForm, ReferenceForm
from .qr import epc_text, upi_link

pages = Blueprint("my_pay", __name__, url_prefix="/my/pay")

_KEY_USED = "idempotency_key_reused"


@pages.route("", methods=["GET", "POST"])
def pay() -> Response:
    """Choose the amount and the way to pay; only what was shown is started."""
    form = PayForm(request.form if request.method == "POST" else request.args)
    if request.method == "GET":
        form.key.data = str(uuid4())
        return _look(form)
    if not form.validate_on_submit():
        return _look(form, status=422)
    if not form.is_as_shown or _provider(form) is None:
        return _look(form, notice=gettext("Look again: this is what the new amount pays."))
    try:
        started = ask(
            StartOnlinePayment(
                customer_id=own_customer_id(),
                amount=form.amount.data,
                provider=_provider(form),
                service_kind=_service(form),
                idempotency_key=form.key.data,
            )
        )
    except (Refusal, ValidationError) as error:
        return _look(form, refusal=error)
    return go(_next_step(started))


@pages.get("/<uuid:online_payment_id>")
def show(online_payment_id: UUID) -> Response:
    """One payment on its way: where to pay to, or what became of it; a paid one leads to its receipt."""
    own_customer_id()
    one = ask(GetOnlinePayment(online_payment_id=online_payment_id))
    if one.payment_number is not None:
        return go(url_for("payment_pages.show", number=one.payment_number))
    return _on_its_way(one, ReferenceForm())


@pages.post("/<uuid:online_payment_id>/reference")
def give_reference(online_payment_id: UUID) -> Response:
    """Say under which number it was paid; the branch looks for the money then."""
    own_customer_id()
    form, here = ReferenceForm(), url_for("my_pay.show", online_payment_id=online_payment_id)
    error: Refusal | ValidationError | None = None
    if form.validate_on_submit():
        try:
            ask(GiveReference(online_payment_id=online_payment_id, reference=form.reference.data))
        except (RuleBroken, ValidationError) as refused:
            error = refused
        else:
            flash(gettext("Thank you. Your branch looks for the money and confirms it."))
            return go(here)
    return _on_its_way(ask(GetOnlinePayment(online_payment_id=online_payment_id)), form, error)


@pages.get("/<uuid:online_payment_id>/<any(upi, epc):kind>.svg")
def code(online_payment_id: UUID, kind: str) -> Response:
    """The QR code for a UPI or bank app."""
    own_customer_id()
    one = ask(GetOnlinePayment(online_payment_id=online_payment_id))
    text = upi_link(one) if kind == "upi" else epc_text(one)
    if text is None:
        abort(404)
    return Response(qr_svg(text), mimetype="image/svg+xml")


def _look(
    form: PayForm,
    *,
    notice: str | None = None,
    refusal: Refusal | ValidationError | None = None,
    status: int = 200,
) -> Response:
    """The form with what the amount pays, or with why it cannot be paid."""
    customer_id, message, preview = own_customer_id(), None, None
    dues, options = ask_together(GetDues(customer_id=customer_id), GetOnlineOptions(customer_id=customer_id))
    form.provider.choices = [(one.value, provider_text(one)) for one in options.providers]
    if form.provider.data not in [one.value for one in options.providers] and options.providers:
        form.provider.data = options.providers[0].value
    if dues.charges and not form.errors and refusal is None:
        try:
            preview = _preview(customer_id, form)
        except (Invalid, RuleBroken, ValidationError) as error:
            refusal, notice = error, None
    if refusal is not None:
        status, message = beside_fields(form, refusal)
        if isinstance(refusal, Refusal) and refusal.code == _KEY_USED:
            form.key.data = str(uuid4())
            message = gettext("This page has started a payment already; look at the amount and start anew.")
    form.shown.data = preview.amount.decimal_text() if preview else ""
    if preview:
        form.amount.data = form.shown.data
    services = sorted({charge.service for charge in dues.charges if charge.service})
    return Response(
        render_template(
            "my/pay.html", form=form, dues=dues, options=options, preview=preview, message=message,
            notice=notice, services=services,
        ),
        status,
    )  # fmt: skip


def _on_its_way(
    one: OnlinePaymentView, form: ReferenceForm, error: Refusal | ValidationError | None = None
) -> Response:
    status, message = (422 if form.errors else 200), None
    if error is not None:
        status, message = beside_fields(form, error)
    page = render_template(
        "my/paying.html", one=one, form=form, message=message, states=OnlineState, upi=upi_link(one),
        has_epc=epc_text(one) is not None,
    )  # fmt: skip
    return Response(page, status)


def _next_step(one: OnlinePaymentView) -> str:
    """Where the customer goes on: to the provider's page, or to ours."""
    if one.redirect_to is not None and one.state is OnlineState.STARTED:
        return one.redirect_to
    return url_for("my_pay.show", online_payment_id=one.id)


def _preview(customer_id: UUID, form: PayForm) -> PaymentPreview:
    amount = form.amount.data or None
    return ask(PreviewPayment(customer_id=customer_id, amount=amount, service_kind=_service(form)))


def _provider(form: PayForm) -> OnlineProvider | None:
    return OnlineProvider(form.provider.data) if form.provider.data in list(OnlineProvider) else None


def _service(form: PayForm) -> Service | None:
    """The service that the payment is for; all of them when none is chosen, or one that does not exist."""
    return Service(form.service.data) if form.service.data in list(Service) else None
