"""Complaints as customers see them: their own, a form for a new one, and how one goes on."""

from uuid import uuid4

from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext
from pydantic import ValidationError

from contracts.calls.complaints import ComplaintDetail, GetComplaint, ListComplaints, ReopenComplaint
from contracts.errors import Refusal
from gateway.pages.answering import go, show_form
from gateway.pages.places import own_customer_id
from gateway.rpc import ask

from .area import pages
from .asking import filing
from .forms import ComplaintForm, ReopenForm


@pages.get("/complaints/mine")
def mine() -> str:
    """The customer's complaints, newest first."""
    own_customer_id()
    found = ask(ListComplaints(cursor=request.args.get("cursor") or None))
    return render_template("complaints/mine.html", found=found)


@pages.route("/complaints/mine/new", methods=["GET", "POST"])
def file_own() -> Response:
    """File a complaint."""
    customer_id, form = own_customer_id(), ComplaintForm()
    if request.method == "GET":
        form.key.data = str(uuid4())
    if not form.validate_on_submit():
        return show_form("complaints/file_own.html", form)
    try:
        filed = ask(filing(customer_id, form))
    except (Refusal, ValidationError) as error:
        return show_form("complaints/file_own.html", form, error)
    flash(gettext("We have your complaint. Its number is %(number)s.", number=filed.number))
    return go(url_for("complaint_pages.show", number=filed.number))


def show(number: str) -> Response:
    """One complaint of the customer's."""
    return _page(ask(GetComplaint(number=number)), ReopenForm())


def reopen(number: str) -> Response:
    """Say that it is not settled after all."""
    form = ReopenForm()
    error: Refusal | ValidationError | None = None
    if form.validate_on_submit():
        try:
            ask(ReopenComplaint(number=number, reason=form.reason.data))
        except (Refusal, ValidationError) as refused:
            error = refused
        else:
            flash(gettext("Your complaint is open again."))
            return go(url_for("complaint_pages.show", number=number))
    return _page(ask(GetComplaint(number=number)), form, error)


def _page(
    complaint: ComplaintDetail, form: ReopenForm, error: Refusal | ValidationError | None = None
) -> Response:
    return show_form("complaints/own.html", form, error, complaint=complaint)
