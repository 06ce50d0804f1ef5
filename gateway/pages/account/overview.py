"""The page about one's own account: password, two-step sign-in, and where one is signed in."""

from uuid import UUID

from flask import Blueprint, Response, flash, g, render_template, url_for
from flask_babel import gettext

from contracts.calls import Call, Done
from contracts.calls.own_sessions import EndOtherSessions, EndOwnSession, ListOwnSessions
from contracts.calls.two_step import GetTwoStep
from contracts.errors import NotFound
from gateway.auth import session_cache
from gateway.pages.answering import go
from gateway.pages.form import Form
from gateway.pages.said import said
from gateway.rpc import ask, ask_together

pages = Blueprint("account_pages", __name__, url_prefix="/account")


@pages.get("")
def show() -> str:
    """Everything about how one signs in."""
    token = g.caller.session_token
    if g.caller.is_staff:
        sessions, two_step = ask_together(
            ListOwnSessions(session_token=token), GetTwoStep(session_token=token)
        )
    else:
        sessions, two_step = ask(ListOwnSessions(session_token=token)), None
    return render_template("account/overview.html", sessions=sessions.items, two_step=two_step, form=Form())


@pages.post("/sessions/<uuid:session_id>/end")
def end_session(session_id: UUID) -> Response:
    """End one of one's own sessions."""
    ending = EndOwnSession(session_token=g.caller.session_token, session_id=session_id)
    return _end(ending, gettext("That session has ended."))


@pages.post("/sessions/end-others")
def end_others() -> Response:
    """End all but this one."""
    ending = EndOtherSessions(session_token=g.caller.session_token)
    return _end(ending, gettext("You are signed in here only."))


def _end(ending: Call[Done], done: str) -> Response:
    try:
        ask(ending)
        flash(done)
    except NotFound as error:
        flash(said(error))
    session_cache().forget_all()
    return go(url_for("account_pages.show"))
