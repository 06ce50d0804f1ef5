"""Pages for one's own two-step sign-in: set it up with an app, new recovery codes, turn it off."""

from flask import Blueprint, Response, flash, g, render_template, session, url_for
from flask_babel import gettext
from pydantic import ValidationError

from contracts.calls import two_step as calls
from contracts.errors import Refusal
from gateway.auth import session_cache
from gateway.pages.answering import go, show_form
from gateway.pages.places import staff_only
from gateway.pages.qr import qr_svg
from gateway.rpc import ask

from .forms import FirstCodeForm, PasswordForm, ProofForm

pages = Blueprint("two_step_pages", __name__, url_prefix="/account/two-step")


@pages.get("")
def show() -> Response:
    """How it stands: off, being set up, or on."""
    return _show()


@pages.post("/secret")
def begin() -> Response:
    """Make a secret; a GET makes none, as it changes nothing."""
    staff_only()
    form = PasswordForm()
    if not form.validate_on_submit():
        return _show(off=form)
    try:
        ask(calls.BeginTwoStep(session_token=g.caller.session_token, password=form.password.data))
    except (Refusal, ValidationError) as error:
        return _show(error, off=form)
    return go(url_for("two_step_pages.show"))


@pages.get("/code.svg")
def code() -> Response:
    """The secret as a QR code."""
    staff_only()
    secret = ask(calls.GetTwoStepSecret(session_token=g.caller.session_token))
    return Response(qr_svg(secret.uri), mimetype="image/svg+xml")


@pages.post("/confirmation")
def confirm() -> Response:
    """Turn it on; the recovery codes are shown in the answer, which cannot be called up again."""
    staff_only()
    form = FirstCodeForm()
    if not form.validate_on_submit():
        return _show(waiting=form)
    try:
        made = ask(calls.ConfirmTwoStep(session_token=g.caller.session_token, code=form.code.data))
    except (Refusal, ValidationError) as error:
        return _show(error, waiting=form)
    session_cache().forget_all()
    session["token"] = made.token
    return Response(render_template("account/recovery_codes.html", codes=made.codes, is_new=True))


@pages.post("/recovery-codes")
def renew_codes() -> Response:
    """New recovery codes, shown in the answer."""
    staff_only()
    form = ProofForm()
    if not form.validate_on_submit():
        return _show(on=form)
    try:
        made = ask(calls.RenewRecoveryCodes(session_token=g.caller.session_token, **form.proof()))
    except (Refusal, ValidationError) as error:
        return _show(error, on=form)
    return Response(render_template("account/recovery_codes.html", codes=made.codes, is_new=False))


@pages.post("/removal")
def remove() -> Response:
    """Turn it off."""
    staff_only()
    form = ProofForm()
    if not form.validate_on_submit():
        return _show(on=form)
    try:
        ask(calls.EndTwoStep(session_token=g.caller.session_token, **form.proof()))
    except (Refusal, ValidationError) as error:
        return _show(error, on=form)
    session_cache().forget_all()
    flash(gettext("Two-step sign-in is off; your password alone opens your account now."))
    return go(url_for("two_step_pages.show"))


def _show(
    error: Refusal | ValidationError | None = None, *, off: PasswordForm | None = None,
    waiting: FirstCodeForm | None = None, on: ProofForm | None = None,
) -> Response:  # fmt: skip
    """The page in the state that the account is in; with the form that was sent, and what was refused of it."""
    staff_only()
    state = ask(calls.GetTwoStep(session_token=g.caller.session_token))
    if state.since is not None:
        return show_form("account/two_step_on.html", on or ProofForm(), error if on else None, state=state)
    if state.being_set_up:
        secret = ask(calls.GetTwoStepSecret(session_token=g.caller.session_token))
        form = waiting or FirstCodeForm()
        return show_form(
            "account/two_step_waiting.html", form, error if waiting else None, secret=secret.secret
        )
    return show_form("account/two_step_off.html", off or PasswordForm(), error if off else None, state=state)
