"""Forms of a customer's own pages."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from gateway.pages.form import Form
from gateway.pages.languages import LANGUAGES
from gateway.pages.typed_amounts import same_amount


def _trimmed(text: str | None) -> str | None:
    return text.strip() if text else text


def _line(label: str, autocomplete: str, most: int = 200) -> StringField:
    too_long = Length(max=most, message=_l("Use at most %(max)d characters."))
    keys = {"autocomplete": autocomplete, "maxlength": most}
    return StringField(label, [too_long], filters=[_trimmed], render_kw=keys)


class PayForm(Form):
    """What a customer pays and how. `shown` is the amount whose months the page shows; `key` makes a second click
    harmless.
    """

    amount = StringField(
        _l("Amount"),
        [
            InputRequired(_l("Enter the amount.")),
            Length(max=30, message=_l("That is too long for an amount.")),
        ],
        filters=[_trimmed],
        render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 30},
    )
    provider = RadioField(_l("How"), choices=[], validate_choice=False)
    service = HiddenField()
    shown = HiddenField()
    key = HiddenField(validators=[InputRequired(), Length(max=255)])

    @property
    def is_as_shown(self) -> bool:
        """Whether the page showed what this amount pays."""
        return same_amount(self.shown.data, self.amount.data)


class ReferenceForm(Form):
    """The number under which the customer paid."""

    reference = StringField(
        _l("Reference number"),
        [
            InputRequired(_l("Enter the reference number.")),
            Length(
                min=4, max=80, message=_l("A reference number has %(min)d to %(max)d letters and digits.")
            ),
        ],
        filters=[_trimmed],
        description=_l("Your bank or app shows it after paying; with UPI it has twelve digits."),
        render_kw={"autocomplete": "off", "maxlength": 80, "dir": "ltr"},
    )


class DetailsForm(Form):
    """What customers may change of their own record; `version` is the record's as the page showed it."""

    email = StringField(
        _l("E-mail"),
        [Length(max=254, message=_l("Use at most %(max)d characters."))],
        filters=[_trimmed],
        description=_l("A new address holds when you have followed the link that we send there."),
        render_kw={
            "autocomplete": "email",
            "type": "email",
            "inputmode": "email",
            "maxlength": 254,
            "dir": "ltr",
        },
    )
    mobile = StringField(
        _l("Mobile"),
        [Length(max=30, message=_l("Use at most %(max)d characters."))],
        filters=[_trimmed],
        render_kw={"autocomplete": "tel", "type": "tel", "maxlength": 30, "dir": "ltr"},
    )
    house_name = _line(_l("House"), "address-line1")
    street = _line(_l("Street"), "address-line2")
    area = _line(_l("Area"), "address-line3")
    postal_code = _line(_l("Postal code"), "postal-code")
    district = _line(_l("City or district"), "address-level2")
    state = _line(_l("State or province"), "address-level1")
    country = _line(_l("Country"), "country-name")
    locale = SelectField(_l("Language of our e-mails and invoices"), choices=list(LANGUAGES.items()))
    version = HiddenField(validators=[InputRequired()])
