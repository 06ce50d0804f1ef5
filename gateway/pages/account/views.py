"""Pages for signing in and out, and for passwords."""

from flask import Blueprint, Response, flash, g, request, session, url_for
from flask_babel import gettext
from pydantic import ValidationError

from chassis.logs import logger
from contracts.calls.account import ConfirmEmail
from contracts.calls.customers import (
    ChangeOwnPassword,
    SessionOpened,
    SetPasswordByLink,
    SignIn,
    SignOut,
)
from contracts.calls.two_step import CompleteSignIn
from contracts.errors import Refusal, Unauthenticated, Unavailable
from gateway.auth import session_cache, signed_in, whereabouts
from gateway.pages.answering import go, local_path, show_form
from gateway.pages.form import Form
from gateway.pages.said import said
from gateway.rpc import ask, ask_anonymously

from .cookie import fresh_cookie
from .forms import ChangePasswordForm, NewPasswordForm, SecondStepForm, SignInForm

pages = Blueprint("account", __name__)
_HALF = "half"
"""Where the cookie keeps the token of a sign-in that needs a code."""
log = logger(__name__)


@pages.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response:
    """Sign in; who is signed in already goes on to the first page."""
    form = SignInForm()
    if request.method == "GET":
        if signed_in() is not None:
            return go("/")
        form.next.data = local_path(request.args.get("next", ""))
    if not form.validate_on_submit():
        return show_form("account/sign_in.html", form)
    try:
        opened = ask_anonymously(
            SignIn(username=form.username.data, password=form.password.data, **whereabouts())
        )
    except (Refusal, ValidationError) as error:
        return show_form("account/sign_in.html", form, error)
    fresh_cookie()
    if opened.needs_code:
        session[_HALF] = opened.token
        return go(url_for("account.second_step", next=form.next.data or None))
    return _signed_in(opened, form.next.data)


@pages.route("/sign-in/code", methods=["GET", "POST"])
def second_step() -> Response:
    """The second step: the code from the app."""
    form, half = SecondStepForm(), session.get(_HALF)
    if not half:
        return go(url_for("account.sign_in"))
    if request.method == "GET":
        form.next.data = local_path(request.args.get("next", ""))
    if not form.validate_on_submit():
        return show_form("account/second_step.html", form)
    try:
        opened = ask_anonymously(CompleteSignIn(token=half, code=form.code.data, **whereabouts()))
    except Unauthenticated as error:
        fresh_cookie()
        flash(said(error))
        return go(url_for("account.sign_in", next=form.next.data or None))
    except (Refusal, ValidationError) as error:
        return show_form("account/second_step.html", form, error)
    fresh_cookie()
    return _signed_in(opened, form.next.data)


def _signed_in(opened: SessionOpened, wanted: str | None) -> Response:
    """Keep the session's token, and go to what comes first for this person."""
    session["token"] = opened.token
    if opened.must_change_password:
        return go(url_for("account.change_password"))
    if opened.me.must_set_up_two_step:
        return go(url_for("two_step_pages.show"))
    return go(local_path(wanted))


@pages.post("/sign-out")
def sign_out() -> Response:
    """Sign out and go to the sign-in page."""
    token = g.caller.session_token
    session_cache().forget(token)
    try:
        ask(SignOut(token=token))
    except Unavailable as error:
        # The cookie goes all the same; the session itself ends by its time.
        log.warning("sign-out did not reach customers", code=error.code)
    fresh_cookie()
    flash(gettext("You are signed out."))
    return go(url_for("account.sign_in"))


@pages.route("/password/<token>", methods=["GET", "POST"])
def use_password_link(token: str) -> Response:
    """Set a password with the one-time link from an e-mail."""
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return show_form("account/set_password.html", form)
    try:
        ask_anonymously(SetPasswordByLink(link_token=token, password=form.password.data))
        session_cache().forget_all()
    except (Refusal, ValidationError) as error:
        return show_form("account/set_password.html", form, error)
    fresh_cookie()
    flash(gettext("Your password is set. Sign in with it now."))
    return go(url_for("account.sign_in"))


@pages.route("/email/<token>", methods=["GET", "POST"])
def confirm_email(token: str) -> Response:
    """Confirm a new e-mail address. By a button: programs that look at mails follow links, too."""
    form = Form()
    if not form.validate_on_submit():
        return show_form("account/confirm_email.html", form)
    try:
        ask_anonymously(ConfirmEmail(link_token=token))
    except (Refusal, ValidationError) as error:
        return show_form("account/confirm_email.html", form, error, is_over=True)
    flash(gettext("Your new e-mail address is confirmed. We write to you there from now on."))
    return go("/")


@pages.route("/password", methods=["GET", "POST"])
def change_password() -> Response:
    """Change your own password; after a first sign-in with a one-time password this comes before everything else."""
    form = ChangePasswordForm()
    if not form.validate_on_submit():
        return show_form("account/change_password.html", form)
    token = g.caller.session_token
    try:
        changed = ask(
            ChangeOwnPassword(
                session_token=token, current_password=form.current_password.data, password=form.password.data
            )
        )
    except (Refusal, ValidationError) as error:
        return show_form("account/change_password.html", form, error)
    session_cache().forget_all()
    session["token"] = changed.token or token
    flash(gettext("Your password is changed. Your other sessions have ended."))
    return go("/")
