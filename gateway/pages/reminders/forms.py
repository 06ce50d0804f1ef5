"""The forms around reminders."""

from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from contracts.cards import ReminderStage, Service
from gateway.pages.form import Form

_ANY = SelectChoice("", _l("Any"))
STAGES: dict[ReminderStage, LazyString] = {
    ReminderStage.FRIENDLY: _l("Friendly"),
    ReminderStage.FIRM: _l("Firm"),
    ReminderStage.FINAL: _l("Final"),
}
_NUMERIC = {"inputmode": "numeric"}


def stage_text(stage: ReminderStage) -> str:
    """How firmly a reminder speaks."""
    return str(STAGES[stage])


def _stripped(text: str | None) -> str | None:
    return text.strip() if text else text


class FilterForm(Form):
    """Which debtors the list shows; it is in the address."""

    class Meta:
        """Nothing is changed by it, so it needs no token."""

        csrf = False

    branch = SelectField(_l("Branch"), default="")
    area = StringField(_l("Area"), [Length(max=200)], filters=[_stripped], render_kw={"maxlength": 200})
    service = SelectField(
        _l("Service"),
        choices=[
            _ANY,
            SelectChoice(Service.CABLE_TV.value, _l("Cable TV")),
            SelectChoice(Service.BROADBAND.value, _l("Broadband")),
        ],
        default="",
    )
    older = IntegerField(_l("Older than months"), [Optional(), NumberRange(0, 600)], render_kw=_NUMERIC)
    amount = StringField(
        _l("Owes at least"),
        [Length(max=30)],
        filters=[_stripped],
        render_kw={"inputmode": "decimal", "maxlength": 30},
    )
    promise = SelectField(
        _l("Promise to pay"),
        choices=[_ANY, SelectChoice("no", _l("None")), SelectChoice("yes", _l("Promised"))],
        default="",
    )
    quiet = IntegerField(_l("Not reminded for days"), [Optional(), NumberRange(1, 3650)], render_kw=_NUMERIC)

    def offer_branches(self, branches: Any) -> None:
        """Let one of the branches that the reader sees be chosen."""
        self.branch.choices = [_ANY, *(SelectChoice(str(one.id), one.name) for one in branches)]


class SendForm(Form):
    """Sending what was shown. `key` makes a second click harmless."""

    force = BooleanField(
        _l("Remind them although they were reminded a short time ago"),
        description=_l("A promise to pay still holds, and nobody is reminded twice on one day."),
    )
    key = HiddenField(validators=[InputRequired(), Length(max=255)])


class PromiseForm(Form):
    """Until when a customer promised to pay."""

    promised_until = DateField(
        _l("Promised to pay until"),
        [InputRequired(_l("Choose the day."))],
        description=_l("No reminder is sent until this day has passed."),
    )
    note = StringField(
        _l("Note"), [Length(max=200, message=_l("Use at most 200 characters."))], filters=[_stripped],
        render_kw={"maxlength": 200},
    )  # fmt: skip


class ScheduleForm(Form):
    """When and how firmly a branch reminds."""

    days = StringField(
        _l("Days of the month"),
        [Length(max=100)],
        filters=[_stripped],
        description=_l("Numbers from 1 to 28, such as 5, 20. Left empty, reminders are sent by hand only."),
    )
    pause = IntegerField(
        _l("Days between two reminders"),
        [
            InputRequired(_l("Enter the number of days.")),
            NumberRange(1, 90, message=_l("Enter a number from 1 to 90.")),
        ],
        description=_l("Nobody gets a second reminder before so many days have passed."),
        render_kw=_NUMERIC,
    )
    friendly = IntegerField(
        _l("Friendly reminder from"),
        [Optional(), NumberRange(0, 60, message=_l("Enter a number from 0 to 60."))],
        description=_l("Months after the oldest unpaid one; 0 is that month itself. Empty: not used."),
        render_kw=_NUMERIC,
    )
    firm = IntegerField(
        _l("Firm reminder from"), [Optional(), NumberRange(0, 60, message=_l("Enter a number from 0 to 60."))],
        render_kw=_NUMERIC,
    )  # fmt: skip
    final = IntegerField(
        _l("Final reminder from"), [Optional(), NumberRange(0, 60, message=_l("Enter a number from 0 to 60."))],
        render_kw=_NUMERIC,
    )  # fmt: skip
