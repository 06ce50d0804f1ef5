"""The first page."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, g, render_template, request

from contracts.calls import Call
from contracts.calls.billing import ListPlans
from contracts.calls.customers import ListBranches
from contracts.calls.notify import ListMessages
from contracts.calls.reports import GetReport
from contracts.errors import Failed, Refusal, Unavailable
from gateway.pages.my.home import home_facts
from gateway.rpc import ask

pages = Blueprint("home", __name__)

PATIENCE = 1.0
"""Seconds that a service has to answer before this page calls it away."""


@dataclass(frozen=True)
class ServiceState:
    """How a service answered just now."""

    name: str
    what_for: str
    state: str
    milliseconds: int | None

    @property
    def label(self) -> str:
        """The state in words."""
        return {"running": "Running", "failing": "Answers with errors", "away": "Away"}[self.state]


@pages.get("/")
def home() -> str:
    """For staff: what is running, and where the API is described. For customers: what they have, owe and paid."""
    if g.caller.me.customer_id is not None:
        return render_template("home/customer.html", **home_facts(g.caller.me.customer_id))
    states = [_look(*probe) for probe in _PROBES] if g.caller.is_staff else []
    return render_template("home/home.html", states=states, api_root=request.host_url.rstrip("/") + "/api/v1")


_PROBES: tuple[tuple[str, str, Call[Any]], ...] = (
    ("customers", "People and places, sign-in", ListBranches()),
    ("billing", "Plans, charges, payments, invoices", ListPlans(limit=1)),
    ("notify", "E-mails to customers", ListMessages(limit=1)),
    # A report that cannot exist: "not found" is an answer like any other.
    ("reports", "Invoices as PDF, reports", GetReport(report_id=UUID(int=0))),
)


def _look(name: str, what_for: str, probe: Call[Any]) -> ServiceState:
    started = time.perf_counter()
    state = "running"
    try:
        ask(probe, timeout=PATIENCE)
    except Unavailable:
        return ServiceState(name, what_for, "away", None)
    except Failed:
        state = "failing"
    except Refusal:
        # A refusal is an answer: the service is there.
        pass
    return ServiceState(name, what_for, state, round((time.perf_counter() - started) * 1000))
