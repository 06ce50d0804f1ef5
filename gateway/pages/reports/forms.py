"""Forms of reports: one to ask for a report, one for a report of each month."""

from babel.dates import get_month_names
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from contracts.calls.reports import ReportFormat, Selection
from contracts.cards import Service
from gateway.pages.form import Form
from gateway.pages.settings.fields import whole


def _months() -> list[tuple[str, str]]:
    names = get_month_names("wide", "stand-alone", locale=get_locale())
    return [(str(number), names[number]) for number in range(1, 13)]


class WantedForm(Form):
    """What a report is about."""

    service = RadioField(
        _l("Service"),
        choices=[
            SelectChoice(Service.CABLE_TV.value, _l("Cable TV")),
            SelectChoice(Service.BROADBAND.value, _l("Broadband")),
        ],
        default=Service.CABLE_TV.value,
    )
    branch = SelectField(_l("Branch"), validate_choice=False)
    selection = RadioField(
        _l("Sort type"),
        choices=[
            SelectChoice(Selection.PAID.value, _l("Paid")),
            SelectChoice(Selection.UNPAID.value, _l("Not paid")),
        ],
        default=Selection.PAID.value,
    )
    format = RadioField(
        _l("File type"),
        choices=[SelectChoice(ReportFormat.PDF.value, "PDF"), SelectChoice(ReportFormat.XLSX.value, "Excel")],
        default=ReportFormat.PDF.value,
    )


class ReportForm(WantedForm):
    """A report of one month; `key` makes a second click harmless."""

    year = whole(_l("Year"), least=2000, most=2100)
    month = SelectField(_l("Month"), choices=_months)
    key = HiddenField(validators=[Length(max=255)])


class StandingForm(WantedForm):
    """A report of each month, told by e-mail."""
