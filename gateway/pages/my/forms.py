"""Forms of a customer's own pages."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from gateway.pages.languages import LANGUAGES


def _trimmed(text: str | None) -> str | None:
    return text.strip() if text else text


def _line(label: str, autocomplete: str, most: int = 200) -> StringField:
    too_long = Length(max=most, message=_l("Use at most %(max)d characters."))
    keys = {"autocomplete": autocomplete, "maxlength": most}
    return StringField(label, [too_long], filters=[_trimmed], render_kw=keys)


class DetailsForm(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
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
