"""The page of the mail server: the settings in force, and a test."""

from flask import Response
from flask_babel import get_locale

from contracts.actor import Right
from contracts.calls.mail_server import GetMailServer, SendTestMail
from contracts.errors import Refusal
from gateway.pages.answering import show_form
from gateway.pages.places import require
from gateway.pages.settings.area import pages
from gateway.rpc import ask

from .forms import ConfirmForm


@pages.route("/mail-server", methods=["GET", "POST"])
def mail_server() -> Response:
    """How mail leaves the house; a POST sends a test and shows what was answered, on the page itself."""
    require(Right.SEE_OPERATIONS)
    form, tested, refusal = ConfirmForm(), None, None
    if form.validate_on_submit():
        try:
            tested = ask(SendTestMail(locale=str(get_locale())))
        except Refusal as error:
            if error.kind not in ("rule_broken", "throttled", "unavailable"):
                raise
            refusal = error
    return show_form("settings/mail_server.html", form, refusal, server=ask(GetMailServer()), tested=tested)
