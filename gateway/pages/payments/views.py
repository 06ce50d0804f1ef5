"""Pages of the payment desk: look, confirm, receipt, invoice."""

from uuid import UUID, uuid4

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from pydantic import ValidationError

from chassis.clock import Clock
from contracts.calls.billing import (
    GetDues,
    GetPayment,
    ListPayments,
    ListSubscriptions,
    PaymentPreview,
    PreviewPayment,
    RecordPayment,
)
from contracts.calls.customers import GetCustomer
from contracts.cards import PaymentMode, Service
from contracts.errors import Invalid, Refusal, RuleBroken
from gateway.pages.customers.hub import hub_facts
from gateway.pages.invoice_file import invoice_file
from gateway.pages.said import beside_fields
from gateway.rpc import ask, ask_together

from .forms import PaymentForm

pages = Blueprint("payment_pages", __name__)

_KEY_USED, _DUES_CHANGED = "idempotency_key_reused", "dues_changed"


@pages.route("/customers/<uuid:customer_id>/payment", methods=["GET", "POST"])
def take(customer_id: UUID) -> Response:
    """Take a payment: what it pays is shown first, and only what was shown is taken."""
    form = PaymentForm(request.form if request.method == "POST" else request.args)
    if request.method == "GET":
        form.key.data = str(uuid4())
        return _desk(customer_id, form)
    if not form.validate_on_submit():
        return _desk(customer_id, form, status=422)
    if not form.is_as_shown:
        return _desk(customer_id, form, notice=gettext("Look again: this is what the new amount pays."))
    try:
        payment = ask(
            RecordPayment(
                customer_id=customer_id,
                amount=form.amount.data,
                mode=PaymentMode(form.mode.data),
                reference=form.reference.data or None,
                service_kind=_service(form),
                seen=form.seen.data or None,
                idempotency_key=form.key.data,
            )
        )
    except (Refusal, ValidationError) as error:
        if isinstance(error, Refusal) and error.code == _DUES_CHANGED:
            changed = gettext(
                "The dues changed since you looked. Look again: this is what the amount pays now."
            )
            return _desk(customer_id, form, notice=changed, status=409)
        return _desk(customer_id, form, refusal=error)
    flash(
        gettext("This payment was taken already, once; its receipt is below.")
        if payment.replayed
        else gettext("The payment is taken.")
    )
    target = url_for("payment_pages.show", number=payment.payment_number)
    return current_app.make_response(redirect(target, code=303))


@pages.get("/payments/<document:number>")
def show(number: str) -> str:
    """One payment: the receipt."""
    payment = ask(GetPayment(payment_number=number))
    customer, subscriptions = ask_together(
        GetCustomer(customer_id=payment.customer_id), ListSubscriptions(customer_id=payment.customer_id)
    )
    touched = {part.subscription_id for part in payment.allocations}
    return render_template(
        "payments/show.html",
        payment=payment,
        customer=customer,
        subscriptions=[one for one in subscriptions.items if one.id in touched],
    )


@pages.get("/customers/<uuid:customer_id>/payments")
def of_year(customer_id: UUID) -> str:
    """A customer's payments of one year, this year's when none is named."""
    year = _year(request.args.get("year", ""))
    cursor = request.args.get("cursor") or None
    facts, (found,) = hub_facts(customer_id, ListPayments(customer_id=customer_id, year=year, cursor=cursor))
    return render_template("payments/year.html", year=year, found=found, **facts)


@pages.get("/invoices/<document:number>.pdf")
def show_invoice(number: str) -> Response:
    """An invoice as PDF, to read, keep or print."""
    return invoice_file(number)


def _desk(
    customer_id: UUID,
    form: PaymentForm,
    *,
    notice: str | None = None,
    refusal: Refusal | ValidationError | None = None,
    status: int = 200,
) -> Response:
    """The desk with what the amount pays, or with why it cannot be taken."""
    customer, dues = ask_together(GetCustomer(customer_id=customer_id), GetDues(customer_id=customer_id))
    message, preview = None, None
    # Support sees that there are dues and no charges; that they take no payments is for billing to say.
    if dues.has_dues and not form.errors and refusal is None:
        try:
            preview = _preview(customer_id, form)
        except (Invalid, RuleBroken, ValidationError) as error:
            refusal, notice = error, None
    if refusal is not None:
        status, message = beside_fields(form, refusal)
        if isinstance(refusal, Refusal) and refusal.code == _KEY_USED:
            form.key.data = str(uuid4())
            message = gettext(
                "This page has taken a payment already; see below what is open now, and start anew if you mean a "
                "second one."
            )
    form.shown.data = preview.amount.decimal_text() if preview else ""
    form.seen.data = preview.fingerprint if preview else ""
    if preview:
        form.amount.data = form.shown.data
    return Response(
        render_template(
            "payments/take.html", customer=customer, dues=dues, form=form, preview=preview, message=message,
            notice=notice, services=sorted({charge.service for charge in dues.charges if charge.service}),
        ),
        status,
    )  # fmt: skip


def _preview(customer_id: UUID, form: PaymentForm) -> PaymentPreview:
    amount = form.amount.data or None
    return ask(PreviewPayment(customer_id=customer_id, amount=amount, service_kind=_service(form)))


def _service(form: PaymentForm) -> Service | None:
    """The service that the payment is for; all of them when none is chosen, or one that does not exist."""
    return Service(form.service.data) if form.service.data in list(Service) else None


def _year(text: str) -> int:
    """The year that was asked for; this one when it is none."""
    if text.isascii() and text.isdigit() and 2000 <= int(text) <= 2100:
        return int(text)
    clock: Clock = current_app.extensions["headend.clock"]
    return clock.today("UTC").year
