"""Pages that follow a payment."""

import segno
from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from pydantic import ValidationError

from contracts.actor import Right
from contracts.calls.billing import GetInvoice, GetPayment, VoidPayment
from contracts.calls.customers import GetBranch, GetCustomer
from contracts.errors import Refusal
from gateway.pages.answering import go, show_form
from gateway.pages.places import require, staff_only
from gateway.rpc import ask, ask_together

from .forms import VoidForm
from .paper import length_class

pages = Blueprint("receipt_pages", __name__)


@pages.get("/payments/<document:number>/roll")
def roll(number: str) -> str:
    """The receipt as a printer with a roll of 80 mm wants it: narrow, black on white, nothing around it."""
    payment = ask(GetPayment(payment_number=number))
    invoice, branch = ask_together(
        GetInvoice(number=payment.invoice_number), GetBranch(branch_id=payment.branch_id)
    )
    return render_template(
        "receipts/roll.html", payment=payment, invoice=invoice, branch=branch,
        qr=_qr(payment.invoice_number), length=length_class(payment, invoice),
    )  # fmt: skip


@pages.route("/payments/<document:number>/void", methods=["GET", "POST"])
def void(number: str) -> Response:
    """Reverse a payment: the page names it, its amount and what opens again, and asks why."""
    staff_only()
    require(Right.VOID_PAYMENTS)
    form = VoidForm(request.form if request.method == "POST" else None)
    if form.validate_on_submit():
        try:
            voided = ask(VoidPayment(payment_number=number, reason=form.reason.data))
        except (Refusal, ValidationError) as error:
            return _void_page(number, form, error)
        flash(gettext("The payment is void; the customer is told."))
        return go(url_for("payment_pages.show", number=voided.payment_number))
    return _void_page(number, form)


def _void_page(number: str, form: VoidForm, error: Refusal | ValidationError | None = None) -> Response:
    payment = ask(GetPayment(payment_number=number))
    customer = ask(GetCustomer(customer_id=payment.customer_id))
    return show_form("receipts/void.html", form, error, payment=payment, customer=customer)


def _qr(number: str) -> Markup:
    """The number as a scanner reads it from the invoice too: an SVG drawn with attributes alone, without any style."""
    drawn = segno.make_qr(number, error="m").svg_inline(
        scale=1, border=0, omitsize=True, svgclass="qr", lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - segno's own drawing: of the number there are nothing but squares in it
