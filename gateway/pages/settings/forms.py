"""Forms of plans and staff."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length

from contracts.cards import Service
from gateway.pages.form import Form
from gateway.pages.settings.fields import TicksField, amount, line, one_of

_SERVICES = ((Service.CABLE_TV.value, _l("Cable TV")), (Service.BROADBAND.value, _l("Broadband")))


class PlanFilters(Form):
    """Which plans a list shows; in the address."""

    class Meta:
        """Read from the address, which needs no token."""

        csrf = False

    branch = one_of(_l("Branch"), None)
    service = one_of(_l("Service"), (("", _l("Both")), *_SERVICES))


class PlanForm(Form):
    """A plan to add, with its first price."""

    branch_id = one_of(_l("Branch"), None)
    service_kind = one_of(_l("Service"), _SERVICES)
    code = line(
        _l("Code"), _l("Letters, digits, dots, dashes, such as TV-BASIC. It stays."), required=True, most=40
    )
    name = line(_l("Name"), _l("As customers read it on invoices."), required=True)
    price = amount(_l("Price of a month"), _l("In the currency of the branch."))


class PriceForm(Form):
    """A new price and its first day; the field is called `from`, as in the API."""

    price = amount(_l("New price of a month"))
    valid_from = DateField(
        _l("Valid from"), [InputRequired(_l("Choose the first day."))],
        description=_l("A month is charged at the price that is valid on its first day."),
    )  # fmt: skip


class StaffForm(Form):
    """A member of staff to change."""

    name = line(_l("Name"), required=True)
    email = StringField(
        _l("E-mail"), [InputRequired(_l("Enter an e-mail address.")), Length(max=254)],
        render_kw={"type": "email", "autocomplete": "off", "maxlength": 254},
    )  # fmt: skip
    role = one_of(_l("Role"), None)
    branch_ids = TicksField(
        _l("Branches"), validate_choice=False, description=_l("An operator admin works in every branch.")
    )


class NewStaffForm(StaffForm):
    """A member of staff to add."""

    username = line(_l("User name"), _l("They sign in with it; it stays."), required=True, most=100)


class TwoStepPolicyForm(Form):
    """Which roles must sign in in two steps."""

    roles = TicksField(_l("Must sign in in two steps"), validate_choice=False)


class ConfirmForm(Form):
    """Nothing to fill in: a button that means it."""
