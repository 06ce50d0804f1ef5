"""Pages that add a customer, change their record, end and restore their service, and erase them."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext
from pydantic import ValidationError
from wtforms.fields.choices import SelectChoice

from contracts.actor import Right
from contracts.calls.customers import (
    AddCustomer,
    ChangeCustomer,
    CustomerView,
    DeactivateCustomer,
    EraseCustomer,
    InviteCustomer,
    ListBranches,
    RestoreCustomer,
)
from contracts.calls.id_numbers import ShowIdNumber
from contracts.cards import BranchCard
from contracts.errors import Refusal
from gateway.auth import session_cache
from gateway.pages.answering import go, show_form
from gateway.pages.customers.hub import hub_facts
from gateway.pages.places import require
from gateway.pages.said import said
from gateway.rpc import ask

from .forms import CustomerForm, EraseForm, ReasonForm

pages = Blueprint("record_pages", __name__, url_prefix="/customers")


@pages.route("/new", methods=["GET", "POST"])
def add() -> Response:
    """Add a customer; with an e-mail address they get a welcome with their login."""
    require(Right.EDIT_CUSTOMERS)
    branches = ask(ListBranches()).items
    form = CustomerForm()
    form.branch_id.choices = _choices(branches)
    if request.method == "GET":
        _begin(form, branches)
    if not form.validate_on_submit():
        return show_form("customers/form.html", form, customer=None)
    try:
        added = ask(AddCustomer(crf=form.crf.data or None, branch_id=form.branch_id.data, **form.fields()))
    except (Refusal, ValidationError) as error:
        return show_form("customers/form.html", form, error, customer=None)
    flash(
        gettext("%(name)s is added with the CRF number %(crf)s. The welcome with the login goes to %(email)s.",
                name=added.name, crf=added.crf, email=added.email)
        if added.email
        else gettext("%(name)s is added with the CRF number %(crf)s. Without an e-mail address there is no welcome.",
                     name=added.name, crf=added.crf)
    )  # fmt: skip
    return go(_page_of(added))


@pages.route("/<uuid:customer_id>/edit", methods=["GET", "POST"])
def edit(customer_id: UUID) -> Response:
    """Change a customer's record; what somebody else changed meanwhile is not written over."""
    require(Right.EDIT_CUSTOMERS)
    facts, (listed,) = hub_facts(customer_id, ListBranches())
    customer: CustomerView = facts["customer"]
    form = CustomerForm(obj=customer)
    form.branch_id.choices = _choices(listed.items)
    del form.crf
    if request.method == "GET":
        form.branch_id.data = str(customer.branch_id)
    if not form.validate_on_submit():
        return show_form("customers/form.html", form, **facts)
    try:
        ask(
            ChangeCustomer(
                customer_id=customer_id, branch_id=form.branch_id.data, expected_version=form.version.data or None,
                **form.fields(),
            )
        )  # fmt: skip
    except (Refusal, ValidationError) as error:
        form.version.data = str(customer.version)  # saved once more, the values are those that were looked at
        return show_form("customers/form.html", form, error, **facts)
    flash(gettext("The record is saved."))
    return go(_page_of(customer))


@pages.route("/<uuid:customer_id>/deactivate", methods=["GET", "POST"])
def deactivate(customer_id: UUID) -> Response:
    """Stop serving a customer, with a reason."""
    require(Right.DEACTIVATE_CUSTOMERS)
    return _end(
        customer_id,
        ReasonForm(),
        "customers/deactivate.html",
        lambda form: DeactivateCustomer(customer_id=customer_id, reason=form.reason.data),
        lambda customer: gettext("%(name)s is deactivated; the ledger stays.", name=customer.name),
    )


@pages.route("/<uuid:customer_id>/erase", methods=["GET", "POST"])
def erase(customer_id: UUID) -> Response:
    """Remove a deactivated customer's personal data."""
    require(Right.ERASE_CUSTOMERS)
    return _end(
        customer_id,
        EraseForm(),
        "customers/erase.html",
        lambda form: EraseCustomer(
            customer_id=customer_id, crf=form.crf.data.strip(), reason=form.reason.data
        ),
        lambda customer: gettext("The personal data of customer %(crf)s is erased.", crf=customer.crf),
    )


@pages.post("/<uuid:customer_id>/id-number")
def show_id_number(customer_id: UUID) -> str:
    """Show the ID number, on this one answer; looking is an act, so it is no address that can be followed."""
    shown = ask(ShowIdNumber(customer_id=customer_id))
    facts, _ = hub_facts(customer_id)
    return render_template("customers/id_number.html", shown=shown, **facts)


@pages.post("/<uuid:customer_id>/restore")
def restore(customer_id: UUID) -> Response:
    """Serve a deactivated customer again."""
    customer = ask(RestoreCustomer(customer_id=customer_id))
    flash(gettext("%(name)s is served again.", name=customer.name))
    return go(_page_of(customer))


@pages.post("/<uuid:customer_id>/invite")
def invite(customer_id: UUID) -> Response:
    """Mail the customer a one-time link to set a password."""
    target = url_for("customer_pages.show", customer_id=customer_id)
    try:
        ask(InviteCustomer(customer_id=customer_id))
    except Refusal as error:
        if error.kind not in ("rule_broken", "throttled"):
            raise
        flash(said(error))
        return go(target)
    flash(gettext("A link to set a password is on its way by e-mail."))
    return go(target)


def _end(
    customer_id: UUID,
    form: ReasonForm,
    template: str,
    call_of: Callable[[ReasonForm], DeactivateCustomer | EraseCustomer],
    sentence: Callable[[CustomerView], str],
) -> Response:
    """Ask once more, naming who it is about; then do it and say so."""
    facts, _ = hub_facts(customer_id)
    if not form.validate_on_submit():
        return show_form(template, form, **facts)
    try:
        ended = ask(call_of(form))
    except (Refusal, ValidationError) as error:
        return show_form(template, form, error, **facts)
    session_cache().forget_all()
    flash(sentence(ended))
    return go(_page_of(ended))


def _begin(form: CustomerForm, branches: tuple[BranchCard, ...]) -> None:
    """A new record begins with the only branch, else with the main one, and its language."""
    likely = next((branch for branch in branches if len(branches) == 1 or branch.code == "MAIN"), None)
    if likely is not None:
        form.branch_id.data, form.locale.data = str(likely.id), likely.locale


def _choices(branches: tuple[BranchCard, ...]) -> list[SelectChoice]:
    return [SelectChoice(str(branch.id), f"{branch.name} ({branch.code})") for branch in branches]


def _page_of(customer: CustomerView) -> str:
    return url_for("customer_pages.show", customer_id=customer.id)
