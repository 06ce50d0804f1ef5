"""Forms of the cash desk."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from gateway.pages.form import Form

_AMOUNT = {"inputmode": "decimal", "autocomplete": "off", "maxlength": 30}


def _trimmed(text: str | None) -> str | None:
    return text.strip() if text else text


class OpenForm(Form):
    """In which branch, with what in the desk. `key` makes a second click harmless."""

    branch_id = SelectField(_l("Branch"))
    opening = StringField(
        _l("Float"),
        [
            InputRequired(_l("Enter the amount; 0 when the desk is empty.")),
            Length(max=30, message=_l("That is too long for an amount.")),
        ],
        filters=[_trimmed],
        default="0",
        description=_l("What lies in the desk before the first payment."),
        render_kw=_AMOUNT,
    )
    key = HiddenField(validators=[InputRequired(), Length(max=255)])


class CloseForm(Form):
    """What was counted, and why it differs. `looked` is the count whose difference the page shows, `expected` what
    should lie there by that page.
    """

    counted = StringField(
        _l("Counted"),
        [
            InputRequired(_l("Count the cash and enter the amount.")),
            Length(max=30, message=_l("That is too long for an amount.")),
        ],
        filters=[_trimmed],
        description=_l("All cash in the desk, the float included."),
        render_kw=_AMOUNT,
    )
    note = StringField(
        _l("Note"),
        [Length(max=200, message=_l("Use at most 200 characters."))],
        filters=[_trimmed],
        description=_l("Needed when the count differs: what may have happened."),
        render_kw={"autocomplete": "off", "maxlength": 200},
    )
    looked = HiddenField()
    expected = HiddenField()
    key = HiddenField(validators=[InputRequired(), Length(max=255)])
