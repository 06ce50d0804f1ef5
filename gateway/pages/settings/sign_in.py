"""Pages about how staff sign in: which roles must in two steps, and how it stands with one person."""

from uuid import UUID

from flask import Response, flash, render_template, url_for
from flask_babel import gettext
from pydantic import ValidationError

from contracts.actor import Right, Role
from contracts.calls.api_tokens import RevokeApiToken
from contracts.calls.customers import GetStaff
from contracts.calls.two_step import (
    ChangeTwoStepPolicy,
    GetStaffSignIn,
    GetTwoStepPolicy,
    ResetTwoStep,
)
from contracts.errors import Refusal
from gateway.auth import session_cache
from gateway.pages.answering import go, show_form
from gateway.pages.places import require
from gateway.pages.said import said
from gateway.pages.settings.area import pages
from gateway.pages.settings.choices import role_choices
from gateway.rpc import ask, ask_together

from .forms import ConfirmForm, TwoStepPolicyForm


@pages.route("/two-step", methods=["GET", "POST"])
def two_step_policy() -> Response:
    """Which roles must sign in in two steps."""
    require(Right.MANAGE_SIGN_IN)
    form = TwoStepPolicyForm(data={"roles": [role.value for role in ask(GetTwoStepPolicy()).roles]})
    form.roles.choices = role_choices()
    if not form.validate_on_submit():
        return show_form("settings/two_step.html", form)
    try:
        ask(ChangeTwoStepPolicy(roles=tuple(Role(one) for one in form.roles.data or ())))
    except (Refusal, ValidationError) as error:
        return show_form("settings/two_step.html", form, error)
    session_cache().forget_all()
    flash(gettext("Saved. It holds at once, for those who are signed in too."))
    return go(url_for("settings_pages.two_step_policy"))


@pages.get("/staff/<uuid:staff_id>/sign-in")
def staff_sign_in(staff_id: UUID) -> str:
    """How somebody signs in, and what happened to it."""
    require(Right.MANAGE_STAFF)
    member, found = ask_together(GetStaff(staff_id=staff_id), GetStaffSignIn(staff_id=staff_id))
    return render_template("settings/staff_sign_in.html", member=member, found=found, form=ConfirmForm())


@pages.post("/staff/<uuid:staff_id>/two-step-reset")
def reset_two_step(staff_id: UUID) -> Response:
    """Turn their two-step sign-in off."""
    require(Right.MANAGE_STAFF)
    try:
        ask(ResetTwoStep(staff_id=staff_id))
        session_cache().forget_all()
        flash(gettext("Their two-step sign-in is off, and they are signed out."))
    except Refusal as error:
        if error.kind != "conflict":
            raise
        flash(said(error))
    return go(url_for("settings_pages.staff_sign_in", staff_id=staff_id))


@pages.post("/staff/<uuid:staff_id>/api-tokens/<uuid:token_id>/revocation")
def revoke_token(staff_id: UUID, token_id: UUID) -> Response:
    """Revoke a token of theirs."""
    require(Right.MANAGE_STAFF)
    ask(RevokeApiToken(staff_id=staff_id, token_id=token_id))
    session_cache().forget_all()
    flash(gettext("The token is revoked; it opens nothing any more."))
    return go(url_for("settings_pages.staff_sign_in", staff_id=staff_id))
