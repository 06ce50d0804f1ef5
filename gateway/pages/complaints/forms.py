"""The forms around complaints."""

from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from contracts.calls.complaints import AssignedTo, ComplaintState
from contracts.cards import ComplaintKind, Service
from gateway.pages.form import Form

KINDS: dict[ComplaintKind, LazyString] = {
    ComplaintKind.NO_SIGNAL: _l("No signal"),
    ComplaintKind.SET_TOP_BOX: _l("Set-top box"),
    ComplaintKind.BILLING: _l("Billing"),
    ComplaintKind.BROADBAND: _l("Broadband"),
    ComplaintKind.SPEED: _l("Speed"),
    ComplaintKind.OTHER: _l("Something else"),
}
ALL = "all"
_ANY = SelectChoice("", _l("Any"))


def kind_text(kind: ComplaintKind) -> str:
    """What a complaint is about."""
    return str(KINDS[kind])


def _stripped(text: str | None) -> str | None:
    return text.strip() if text else text


def _words(label: LazyString, missing: LazyString, hint: LazyString | None = None) -> TextAreaField:
    """A text that must say something."""
    return TextAreaField(
        label,
        [
            InputRequired(missing),
            Length(min=3, max=4000, message=_l("Write between 3 and 4,000 characters.")),
        ],
        filters=[_stripped],
        description=hint or "",
        render_kw={"rows": 4, "maxlength": 4000},
    )


class ComplaintForm(Form):
    """A new complaint. `key` makes a second click harmless."""

    kind = SelectField(
        _l("What is it about?"), choices=[SelectChoice(kind.value, text) for kind, text in KINDS.items()]
    )
    service = RadioField(
        _l("Which service?"),
        choices=[
            SelectChoice("", _l("Not a certain one")),
            SelectChoice(Service.CABLE_TV.value, _l("Cable TV")),
            SelectChoice(Service.BROADBAND.value, _l("Broadband")),
        ],
        default="",
    )
    message = _words(
        _l("What happened?"),
        _l("Write what happened."),
        _l("Since when, on which channels or devices, and what you have tried."),
    )
    key = HiddenField(validators=[InputRequired(), Length(max=255)])


class NoteForm(Form):
    """An internal note."""

    note = _words(_l("Note for colleagues"), _l("Write the note."), _l("The customer does not see it."))


class AssignForm(Form):
    """Who takes care of it; the choices are the branch's people."""

    staff_id = SelectField(_l("Assigned to"), validate_choice=False)

    def offer(self, staff: Any, chosen: Any) -> None:
        """Let somebody of these be chosen, or nobody."""
        self.staff_id.choices = [SelectChoice("", _l("Nobody"))]
        self.staff_id.choices += [SelectChoice(str(one.id), one.name) for one in staff]
        if self.staff_id.data is None:
            self.staff_id.data = str(chosen or "")


class ResolveForm(Form):
    """What the customer is told."""

    resolution = _words(
        _l("Answer to the customer"),
        _l("Write what the customer is told."),
        _l("It is sent by e-mail and shown on the complaint's page."),
    )


class ReopenForm(Form):
    """Why it is not settled."""

    reason = _words(_l("What is still wrong?"), _l("Write what is still wrong."))


class FilterForm(Form):
    """What the list shows; it is in the address."""

    class Meta:
        """Nothing is changed by it, so it needs no token."""

        csrf = False

    state = SelectField(
        _l("State"),
        choices=[
            SelectChoice(ComplaintState.OPEN.value, _l("Unresolved")),
            SelectChoice(ComplaintState.RESOLVED.value, _l("Resolved")),
            SelectChoice(ALL, _l("All")),
        ],
        default=ComplaintState.OPEN.value,
    )
    read = SelectField(
        _l("Read"),
        choices=[_ANY, SelectChoice("no", _l("Unread")), SelectChoice("yes", _l("Read"))],
        default="",
    )
    kind = SelectField(
        _l("About"),
        choices=[_ANY, *(SelectChoice(kind.value, text) for kind, text in KINDS.items())],
        default="",
    )
    assigned = SelectField(
        _l("Assigned to"),
        choices=[
            _ANY,
            SelectChoice(AssignedTo.ME.value, _l("Me")),
            SelectChoice(AssignedTo.ANYONE.value, _l("Anyone")),
            SelectChoice(AssignedTo.NOBODY.value, _l("Nobody")),
        ],
        default="",
    )
    branch = SelectField(_l("Branch"), default="")
    older = IntegerField(
        _l("Older than days"), [Optional(), NumberRange(0, 3650)], render_kw={"inputmode": "numeric"}
    )

    def offer_branches(self, branches: Any) -> None:
        """Let one of the branches that the reader sees be chosen."""
        self.branch.choices = [_ANY, *(SelectChoice(str(one.id), one.name) for one in branches)]
