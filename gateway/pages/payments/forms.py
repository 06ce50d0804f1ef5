"""The form of the payment desk."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from contracts.cards import PaymentMode
from gateway.pages.form import Form
from gateway.pages.typed_amounts import same_amount


class PaymentForm(Form):
    """What is paid and how. `key` makes a second click harmless.

    `shown` is the amount whose months the page shows, `seen` the fingerprint of those months.
    """

    amount = StringField(
        _l("Amount"),
        [
            InputRequired(_l("Enter the amount.")),
            Length(max=30, message=_l("That is too long for an amount.")),
        ],
        filters=[lambda text: text.strip() if text else text],
        render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 30},
    )
    mode = RadioField(
        _l("How it is paid"),
        choices=[
            SelectChoice(PaymentMode.CASH.value, _l("In cash")),
            SelectChoice(PaymentMode.ONLINE.value, _l("Online")),
        ],
        default=PaymentMode.CASH.value,
    )
    reference = StringField(
        _l("Reference number"),
        [Optional(), Length(max=80, message=_l("Use at most 80 characters."))],
        filters=[lambda text: text.strip() if text else text],
        description=_l("Of the online payment, as the bank or the app shows it."),
        render_kw={"autocomplete": "off", "maxlength": 80},
    )
    service = HiddenField()
    shown = HiddenField()
    seen = HiddenField(validators=[Length(max=64)])
    key = HiddenField(validators=[InputRequired(), Length(max=255)])

    @property
    def is_as_shown(self) -> bool:
        """Whether the page showed what this amount pays."""
        return same_amount(self.shown.data, self.amount.data)
