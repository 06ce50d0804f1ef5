"""Forms about online payments."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from gateway.pages.form import Form


class ReasonForm(Form):
    """Why a payment is refused, or how money was given back."""

    reason = StringField(
        _l("Reason, for the customer"),
        [
            InputRequired(_l("Enter a reason.")),
            Length(min=3, max=500, message=_l("Use %(min)d to %(max)d characters.")),
        ],
        render_kw={"autocomplete": "off", "maxlength": 500},
    )
