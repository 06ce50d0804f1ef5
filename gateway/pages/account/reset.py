"""Pages for who forgot their password: ask for a code, then set a new one with it."""

from flask import Blueprint, Response, flash, request, session, url_for
from flask_babel import gettext
from pydantic import ValidationError

from contracts.calls.account import RequestPasswordCode, SetPasswordByCode
from contracts.errors import Refusal
from gateway.auth import session_cache
from gateway.pages.answering import go, show_form
from gateway.rpc import ask_anonymously

from .cookie import fresh_cookie
from .forms import CodeForm, ForgottenPasswordForm

pages = Blueprint("password_reset", __name__, url_prefix="/password-reset")

_FOR = "reset_for"
"""Where the cookie keeps the name between the two pages; an address would end up in logs."""


@pages.route("", methods=["GET", "POST"])
def request_code() -> Response:
    """Ask for a code by e-mail. What follows is the same whether the name is known or not."""
    form = ForgottenPasswordForm()
    if not form.validate_on_submit():
        return show_form("account/forgotten.html", form)
    try:
        ask_anonymously(RequestPasswordCode(username=form.username.data, address=_address()))
    except (Refusal, ValidationError) as error:
        return show_form("account/forgotten.html", form, error)
    session[_FOR] = form.username.data
    return go(url_for("password_reset.use_code"))


@pages.route("/code", methods=["GET", "POST"])
def use_code() -> Response:
    """Set a new password with the code from the e-mail, then sign in with it."""
    form = CodeForm()
    asked = session.get(_FOR)
    if request.method == "GET":
        form.username.data = asked
    if not form.validate_on_submit():
        return show_form("account/reset.html", form, asked=asked)
    try:
        ask_anonymously(
            SetPasswordByCode(
                username=form.username.data,
                code=form.code.data,
                password=form.password.data,
                address=_address(),
            )
        )
    except (Refusal, ValidationError) as error:
        return show_form("account/reset.html", form, error, asked=asked)
    session_cache().forget_all()
    fresh_cookie()
    flash(gettext("Your new password is set, and you are signed out everywhere. Sign in with it now."))
    return go(url_for("account.sign_in"))


def _address() -> str:
    return (request.remote_addr or "")[:100]
