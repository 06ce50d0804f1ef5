"""What is running and what is stuck."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask_babel import gettext

from contracts.actor import Right
from contracts.calls.notify import FailedMessages, GetFailedMessages
from contracts.calls.operations import GetOperations, OperationsView
from contracts.errors import Failed, Refusal, Unavailable
from contracts.topology import SERVICES
from gateway.pages.places import require, staff_only
from gateway.rpc import ask_each

pages = Blueprint("operations_pages", __name__, url_prefix="/operations")

PATIENCE = 2.0
"""Seconds that a service has to answer before this page calls it away."""
_NEWEST = 20


@dataclass(frozen=True)
class ServiceState:
    """How a service answered just now."""

    name: str
    what_for: str
    state: str
    """running, failing or away"""
    label: str
    found: OperationsView | None


@pages.get("")
def show() -> str:
    """Every service with what is stuck in it, and the messages that failed lately."""
    staff_only()
    require(Right.SEE_OPERATIONS)
    asked = [(service, GetOperations()) for service in SERVICES]
    *answers, failed = ask_each(*asked, GetFailedMessages(newest=_NEWEST), timeout=PATIENCE)
    return render_template(
        "operations/show.html",
        states=[_state(name, answer) for name, answer in zip(SERVICES, answers, strict=True)],
        failed=failed if isinstance(failed, FailedMessages) else None,
        api_root=request.host_url.rstrip("/") + "/api/v1",
    )


def _state(name: str, answer: OperationsView | Refusal) -> ServiceState:
    what_for = {
        "customers": gettext("People and places, sign-in"),
        "billing": gettext("Plans, charges, payments, invoices"),
        "notify": gettext("E-mails to customers"),
        "reports": gettext("Figures, reports, invoices as PDF"),
    }[name]
    if isinstance(answer, OperationsView):
        return ServiceState(name, what_for, "running", gettext("Running"), answer)
    if isinstance(answer, Unavailable):
        return ServiceState(name, what_for, "away", gettext("Away"), None)
    if isinstance(answer, Failed):
        return ServiceState(name, what_for, "failing", gettext("Answers with errors"), None)
    raise answer
