"""The form that reverses a payment."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from gateway.pages.form import Form


class VoidForm(Form):
    """Why the payment is reversed; the customer is told."""

    reason = TextAreaField(
        _l("Reason"),
        [
            InputRequired(_l("Say why.")),
            Length(min=3, max=500, message=_l("Write between 3 and 500 characters.")),
        ],
        filters=[lambda text: " ".join(text.split()) if text else text],
        description=_l("The customer reads it too."),
        render_kw={"maxlength": 500, "rows": 3},
    )
