"""Pages of the words of e-mails: written by the operator, with a preview and every version."""

from typing import Any
from uuid import UUID

from flask import Response, flash, render_template, request, url_for
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from markupsafe import escape
from pydantic import ValidationError
from werkzeug.exceptions import NotFound
from wtforms import HiddenField, IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from contracts.actor import Right
from contracts.calls.customers import ListBranches
from contracts.calls.letters import ChangeLetter, GetLetter, ListLetters, PreviewLetter, ResetLetter
from contracts.errors import Refusal
from gateway.pages.answering import go, show_form
from gateway.pages.asked import uuid_or_none
from gateway.pages.form import Form
from gateway.pages.languages import LANGUAGES
from gateway.pages.places import require
from gateway.pages.said import said
from gateway.pages.settings.area import pages
from gateway.pages.settings.choices import branch_choices
from gateway.rpc import ask, ask_together

from .fields import line

_ONE = "/letters/<template>/<locale>"


class LetterForm(Form):
    """The words of one e-mail. `version` is the one that was read, so that nobody's work is lost."""

    subject = line(_l("Subject"), required=True)
    body = TextAreaField(
        _l("Text"),
        [InputRequired(_l("Write the text.")), Length(max=4000, message=_l("Use at most 4000 characters."))],
        description=_l("An empty line begins a new paragraph. The letterhead is put above by itself."),
        render_kw={"rows": 16, "maxlength": 4000},
    )  # fmt: skip
    version = IntegerField(widget=HiddenInput(), default=0)
    branch = HiddenField()


@pages.get("/letters")
def letters() -> str:
    """Every e-mail, and in which languages and branches it has own words."""
    require(Right.MANAGE_LETTERS)
    found, branches = ask_together(ListLetters(locale=str(get_locale())), ListBranches())
    names = {branch.id: branch.name for branch in branches.items}
    return render_template("settings/letters.html", letters=found.items, names=names, titles=letter_titles())


@pages.route(_ONE, methods=["GET", "POST"])
def letter(template: str, locale: str) -> Response:
    """The words of one e-mail in one language, for a branch or for all."""
    require(Right.MANAGE_LETTERS)
    if locale not in LANGUAGES:
        raise NotFound
    branch_id = uuid_or_none(request.values.get("branch"))
    found, branches = ask_together(_get(template, locale, branch_id), ListBranches())
    now = {"subject": found.subject, "body": found.body, "version": found.version, "branch": branch_id or ""}
    form = LetterForm(data=now)
    facts = {
        "letter": found, "title": letter_titles().get(template, template), "branch_id": branch_id,
        "branch_choices": [("", gettext("All branches")), *branch_choices(branches.items)],
    }  # fmt: skip
    if not form.validate_on_submit():
        return show_form("settings/letter.html", form, **facts)
    try:
        ask(
            ChangeLetter(
                template=template, locale=locale, branch_id=branch_id, subject=form.subject.data,
                body=form.body.data, version=form.version.data or 0,
            )
        )  # fmt: skip
    except (Refusal, ValidationError) as error:
        return show_form("settings/letter.html", form, error, **facts)
    flash(gettext("The words are kept. E-mails from now on have them."))
    return go(_address(template, locale, branch_id))


@pages.post(f"{_ONE}/standard")
def reset_letter(template: str, locale: str) -> Response:
    """Go back to the standard text."""
    require(Right.MANAGE_LETTERS)
    branch_id = uuid_or_none(request.form.get("branch"))
    version = request.form.get("version", "0")
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0
    try:
        ask(ResetLetter(template=template, locale=locale, branch_id=branch_id, version=number))
        flash(gettext("The own words are set aside; they stay in the list of versions."))
    except Refusal as error:
        if error.kind != "conflict":
            raise
        flash(said(error))
    return go(_address(template, locale, branch_id))


@pages.route(f"{_ONE}/preview", methods=["GET", "POST"])
def preview_letter(template: str, locale: str) -> Response:
    """An e-mail alone, as it would look: what is typed, else what is sent now. Shown in a frame with its own policy."""
    require(Right.MANAGE_LETTERS)
    values, as_text = request.values, request.args.get("as") == "text"
    words = {"subject": values.get("subject"), "body": values.get("body")} if request.method == "POST" else {}
    try:
        wanted = _preview(template, locale, uuid_or_none(values.get("branch")), words)
        made = ask(wanted)
    except (Refusal, ValidationError) as error:
        return Response(f"<!doctype html><p>{escape(said(error))}</p>", 200)
    if as_text:
        return Response(f"{made.subject}\n\n{made.text}", 200, mimetype="text/plain")
    return Response(made.html, 200)


def letter_titles() -> dict[str, str]:
    """What each e-mail is, for those who write it."""
    return {
        "customer_registered": gettext("Welcome with the login"),
        "password_link_issued": gettext("Link to set a password"),
        "payment_made": gettext("Confirmation of a payment"),
        "dues_outstanding": gettext("Reminder of dues"),
        "report_ready": gettext("A monthly report is ready"),
    }


def _get(template: str, locale: str, branch_id: UUID | None) -> GetLetter:
    try:
        return GetLetter(template=template, locale=locale, branch_id=branch_id)
    except ValidationError:
        raise NotFound from None


def _preview(template: str, locale: str, branch_id: UUID | None, words: dict[str, Any]) -> PreviewLetter:
    return PreviewLetter(template=template, locale=locale, branch_id=branch_id, **words)


def _address(template: str, locale: str, branch_id: UUID | None) -> str:
    return url_for("settings_pages.letter", template=template, locale=locale, branch=branch_id)
