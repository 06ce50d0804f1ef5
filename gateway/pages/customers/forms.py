"""Forms about a customer's record."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import DateField, EmailField, HiddenField, SelectField, StringField, TelField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from gateway.pages.form import Form
from gateway.pages.languages import LANGUAGES

_LINE = Length(max=200, message=_l("Use at most 200 characters."))


def _line(label: str, description: LazyString | str = "") -> StringField:
    return StringField(
        label,
        [Optional(), _LINE],
        description=description,
        render_kw={"maxlength": 200, "autocomplete": "off"},
    )


class CustomerForm(Form):
    """A customer's record, to add one or to change it. `version` is that of the record as it was shown."""

    name = StringField(
        _l("Name"),
        [InputRequired(_l("Enter the customer's name.")), _LINE],
        render_kw={"maxlength": 200, "autocomplete": "off"},
    )
    branch_id = SelectField(_l("Branch"), validate_choice=False)
    crf = StringField(
        _l("CRF number"),
        [Optional(), Length(max=40, message=_l("Use at most 40 characters."))],
        description=_l("Leave it empty to take the next free number."),
        render_kw={"maxlength": 40, "autocomplete": "off"},
    )
    mobile = TelField(
        _l("Mobile"), [Optional(), Length(max=30)], render_kw={"maxlength": 30, "autocomplete": "off"}
    )
    email = EmailField(
        _l("E-mail"), [Optional(), Length(max=254)], render_kw={"maxlength": 254, "autocomplete": "off"}
    )
    locale = SelectField(
        _l("Language of e-mails and invoices"),
        choices=[SelectChoice(tag, name) for tag, name in LANGUAGES.items()],
    )
    house_name = _line(_l("House"))
    street = _line(_l("Street"))
    area = _line(_l("Area"))
    district = _line(_l("District"))
    state = _line(_l("State or province"))
    postal_code = _line(_l("Postal code"))
    country = _line(_l("Country"))
    date_of_birth = DateField(_l("Date of birth"), [Optional()])
    id_type = _line(_l("Kind of identity document"))
    id_number = _line(
        _l("Number of the document"),
        description=_l("Leave the dots as they are to keep the number; type a whole one to replace it."),
    )
    notes = TextAreaField(
        _l("Notes"),
        [Optional(), Length(max=4000, message=_l("Use at most 4,000 characters."))],
        description=_l("For staff only."),
        render_kw={"maxlength": 4000, "rows": 3},
    )
    version = HiddenField()

    def fields(self) -> dict[str, object]:
        """What was typed, as the calls take it."""
        left_out = {"version", "csrf_token", "crf", "branch_id"}
        return {field.name: field.data for field in self if field.name not in left_out}


class ReasonForm(Form):
    """Why something ends."""

    reason = StringField(
        _l("Reason"),
        [
            InputRequired(_l("Say why; it is kept in the history.")),
            Length(min=3, max=500, message=_l("Use 3 to 500 characters.")),
        ],
        render_kw={"maxlength": 500, "autocomplete": "off"},
    )


class EraseForm(ReasonForm):
    """Who is to be erased, typed once more, and why."""

    crf = StringField(
        _l("CRF number, to confirm"),
        [InputRequired(_l("Type the customer's CRF number.")), Length(max=40)],
        render_kw={"maxlength": 40, "autocomplete": "off"},
    )
