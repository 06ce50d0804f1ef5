"""A customer's own details: see them, change what is theirs to change, confirm a new e-mail address."""

from typing import Any

from babel import negotiate_locale
from flask import Blueprint, Response, flash, g, render_template, url_for
from flask_babel import gettext
from pydantic import ValidationError

from contracts.calls.account import ResendEmailLink, WithdrawEmailChange
from contracts.calls.customers import ChangeCustomer, CustomerView, GetCustomer, ListBranches
from contracts.calls.id_numbers import ShowIdNumber
from contracts.cards import BranchCard
from contracts.errors import Refusal
from gateway.auth import session_cache
from gateway.pages.answering import go, show_form
from gateway.pages.languages import LANGUAGES
from gateway.pages.places import own_customer_id
from gateway.rpc import ask, ask_together

from .forms import DetailsForm

pages = Blueprint("my_details", __name__, url_prefix="/my/details")

FIELDS = (
    "email", "mobile", "house_name", "street", "area", "postal_code", "district", "state", "country", "locale",
)  # fmt: skip
_CHANGED_MEANWHILE = "customer_changed_meanwhile"


@pages.route("", methods=["GET", "POST"])
def edit() -> Response:
    """What is known of the customer; what they may change is a form, the rest is for the branch."""
    customer, branch = _known()
    form = DetailsForm(data=_shown(customer))
    if not form.validate_on_submit():
        return show_form("my/details.html", form, customer=customer, branch=branch)
    try:
        # A field that is as the page showed it is not sent: what the desk entered meanwhile stays.
        stored = ask(
            ChangeCustomer(
                customer_id=customer.id,
                expected_version=_number(form.version.data),
                **_changed(form, customer),
            )
        )
    except (Refusal, ValidationError) as error:
        if isinstance(error, Refusal) and error.code == _CHANGED_MEANWHILE:
            return _as_stored_now(form, customer, branch)
        return show_form("my/details.html", form, error, customer=customer, branch=branch)
    session_cache().forget(g.caller.session_token)
    if stored.pending_email and stored.pending_email != customer.pending_email:
        flash(gettext("We sent a link to %(email)s. Follow it within 24 hours.", email=stored.pending_email))
    else:
        flash(gettext("Your details are saved."))
    return go(url_for("my_details.edit"))


@pages.post("/email/withdraw")
def withdraw_email() -> Response:
    """Stay with the e-mail address as it is."""
    ask(WithdrawEmailChange(customer_id=own_customer_id()))
    flash(gettext("Your e-mail address stays as it is."))
    return go(url_for("my_details.edit"))


@pages.post("/id-number")
def show_id_number() -> str:
    """Show the customer their own ID number, on this one answer."""
    return render_template("my/id_number.html", shown=ask(ShowIdNumber(customer_id=own_customer_id())))


@pages.post("/email/link")
def resend_link() -> Response:
    """Send the link to the new e-mail address once more."""
    customer = ask(ResendEmailLink(customer_id=own_customer_id()))
    flash(gettext("We sent a new link to %(email)s.", email=customer.pending_email))
    return go(url_for("my_details.edit"))


def _known() -> tuple[CustomerView, BranchCard]:
    """The customer and their branch."""
    customer, branches = ask_together(GetCustomer(customer_id=own_customer_id()), ListBranches())
    return customer, next(one for one in branches.items if one.id == customer.branch_id)


def _shown(customer: CustomerView) -> dict[str, Any]:
    """The fields as the page shows them; a language that we do not offer shows as the nearest."""
    shown = {name: getattr(customer, name) or "" for name in FIELDS}
    language = negotiate_locale([customer.locale.replace("-", "_")], LANGUAGES) or next(iter(LANGUAGES))
    return {**shown, "locale": language, "version": str(customer.version)}


def _changed(form: DetailsForm, customer: CustomerView) -> dict[str, Any]:
    """What was typed that is not as it was."""
    shown = _shown(customer)
    return {name: form[name].data for name in FIELDS if (form[name].data or "") != shown[name]}


def _number(text: str | None) -> int | None:
    """The version that the page showed; nothing when somebody made it up."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _as_stored_now(form: DetailsForm, customer: CustomerView, branch: BranchCard) -> Response:
    """The form as typed, with what is stored now beside each field that differs; saving it again is meant then."""
    for name, stored in _shown(customer).items():
        if name in FIELDS and (form[name].data or "") != stored:
            now = LANGUAGES[stored] if name == "locale" else stored or gettext("empty")
            form[name].errors = [gettext("Stored now: %(text)s", text=now)]
    form.version.data = str(customer.version)
    message = gettext(
        "Your branch changed your details in the meantime. See below what is stored now; save again to change it."
    )
    answer = show_form("my/details.html", form, customer=customer, branch=branch, notice=message)
    answer.status_code = 409
    return answer
