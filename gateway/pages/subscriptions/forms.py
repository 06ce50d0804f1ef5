"""Forms about subscriptions and fees."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from gateway.pages.customers.forms import ReasonForm
from gateway.pages.form import Form


class SubscriptionForm(Form):
    """A new subscription. `key` makes a second click harmless."""

    plan_id = SelectField(_l("Plan"), [InputRequired(_l("Choose a plan."))], validate_choice=False)
    started_on = DateField(
        _l("Starts on"),
        [InputRequired(_l("Enter the day from which it is served."))],
        description=_l("A month begun is charged in full unless the branch charges by days."),
    )
    price = StringField(
        _l("Own price"),
        [Optional(), Length(max=30)],
        description=_l("Only when it differs from the plan's price."),
        render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 30},
    )
    key = HiddenField(validators=[InputRequired(), Length(max=255)])


class MoveForm(ReasonForm):
    """Where a subscription goes, and why."""

    to = HiddenField(validators=[InputRequired()])


class FeeForm(Form):
    """A fee for one customer. `key` makes a second click harmless."""

    category = SelectField(_l("For"), [InputRequired()], validate_choice=False)
    amount = StringField(
        _l("Amount"),
        [
            InputRequired(_l("Enter the amount.")),
            Length(max=30, message=_l("That is too long for an amount.")),
        ],
        render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 30},
    )
    subscription_id = SelectField(_l("Belongs to"), [Optional()], validate_choice=False)
    note = StringField(
        _l("Note"),
        [Optional(), Length(max=200, message=_l("Use at most 200 characters."))],
        render_kw={"maxlength": 200, "autocomplete": "off"},
    )
    key = HiddenField(validators=[InputRequired(), Length(max=255)])
