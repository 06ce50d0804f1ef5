"""The form of a new API token, and its scopes in words."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from contracts.actor import Scope
from contracts.calls.api_tokens import LONGEST_DAYS
from gateway.pages.settings.fields import TicksField, line

from .forms import PasswordForm

SCOPES: dict[Scope, LazyString] = {
    Scope.READ: _l("See what I see, and change nothing"),
    Scope.CUSTOMERS: _l("Customers, subscriptions and complaints"),
    Scope.PAYMENTS: _l("Take payments, see dues and invoices"),
    Scope.REPORTS: _l("Make and fetch reports"),
}


class ApiTokenForm(PasswordForm):
    """A new token."""

    purpose = line(
        _l("What is it for?"), _l("Such as “Till in the shop”; you read it in lists."), required=True
    )
    scopes = TicksField(
        _l("What may the program do?"), [InputRequired(_l("Tick at least one."))],
        choices=[(scope.value, text) for scope, text in SCOPES.items()],
        description=_l("It never gets more than you may do yourself."),
    )  # fmt: skip
    days = IntegerField(
        _l("For how many days?"), [
            InputRequired(_l("Enter a number of days.")),
            NumberRange(1, LONGEST_DAYS, message=_l("Use 1 to 365 days.")),
        ], default=90, render_kw={"inputmode": "numeric"},
    )  # fmt: skip
    code = StringField(
        _l("Code"), [Length(max=40, message=_l("That is too long for a code."))],
        description=_l("The six digits that your authenticator app shows now, or one of your recovery codes."),
        render_kw={"autocomplete": "one-time-code", "spellcheck": "false", "maxlength": 40},
    )  # fmt: skip


def scope_text(scope: Scope) -> str:
    """A scope in words."""
    return str(SCOPES[scope])
