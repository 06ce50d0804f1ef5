"""Pages about messages."""

from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request
from flask_babel import gettext

from contracts.actor import Right
from contracts.calls.notify import ListMessages, ResendMessage
from contracts.errors import Refusal
from gateway.pages.answering import go, local_path
from gateway.pages.formats import MESSAGE_STATES
from gateway.pages.places import require
from gateway.pages.said import said
from gateway.rpc import ask

pages = Blueprint("message_pages", __name__, url_prefix="/messages")

_SAID = ("rule_broken", "conflict", "throttled")


@pages.get("")
def show_all() -> str:
    """Messages of the branches that one sees, newest first; the failed ones are what staff look for."""
    require(Right.SEE_MESSAGES)
    state = request.args.get("state", "")
    state = state if state in MESSAGE_STATES else ""
    found = ask(ListMessages(state=state or None, cursor=request.args.get("cursor") or None))
    return render_template("messages/all.html", found=found, state=state, states=MESSAGE_STATES)


@pages.post("/<uuid:message_id>/resend")
def resend(message_id: UUID) -> Response:
    """Send a message again, to the customer's present address."""
    try:
        message = ask(ResendMessage(message_id=message_id))
    except Refusal as error:
        if error.kind not in _SAID:
            raise
        flash(said(error))
    else:
        flash(gettext("The message goes to %(address)s once more.", address=message.recipient))
    return go(local_path(request.form.get("next")))
