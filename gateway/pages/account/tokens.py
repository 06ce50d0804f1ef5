"""Pages of one's own API tokens: make one for a program, revoke it."""

from uuid import UUID

from flask import Blueprint, Response, flash, g, render_template, url_for
from flask_babel import gettext
from pydantic import ValidationError

from contracts.actor import Scope
from contracts.calls import api_tokens as calls
from contracts.calls.two_step import GetTwoStep
from contracts.errors import NotFound, Refusal
from gateway.auth import session_cache
from gateway.pages.account.token_form import ApiTokenForm
from gateway.pages.answering import go, show_form
from gateway.pages.places import staff_only
from gateway.pages.said import said
from gateway.rpc import ask, ask_together

pages = Blueprint("api_token_pages", __name__, url_prefix="/account/api-tokens")


@pages.get("")
def show() -> Response:
    """The tokens there are, and the form for a new one."""
    return _show(ApiTokenForm())


@pages.post("")
def make() -> Response:
    """Make one; it is shown in the answer, which cannot be called up again."""
    staff_only()
    form = ApiTokenForm()
    if not form.validate_on_submit():
        return _show(form)
    try:
        made = ask(
            calls.MakeApiToken(
                session_token=g.caller.session_token, purpose=form.purpose.data, days=form.days.data,
                scopes=tuple(Scope(one) for one in form.scopes.data), password=form.password.data,
                code=form.code.data or "",
            )
        )  # fmt: skip
    except (Refusal, ValidationError) as error:
        return _show(form, error)
    return Response(render_template("account/api_token_made.html", made=made))


@pages.post("/<uuid:token_id>/revocation")
def revoke(token_id: UUID) -> Response:
    """Revoke one."""
    staff_only()
    try:
        ask(calls.RevokeOwnApiToken(session_token=g.caller.session_token, token_id=token_id))
        flash(gettext("The token is revoked; it opens nothing any more."))
    except NotFound as error:
        flash(said(error))
    session_cache().forget_all()
    return go(url_for("api_token_pages.show"))


def _show(form: ApiTokenForm, error: Refusal | ValidationError | None = None) -> Response:
    staff_only()
    token = g.caller.session_token
    found, two_step = ask_together(
        calls.ListOwnApiTokens(session_token=token), GetTwoStep(session_token=token)
    )
    return show_form(
        "account/api_tokens.html", form, error, tokens=found.items, needs_code=two_step.since is not None
    )
