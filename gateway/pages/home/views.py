"""The first page: figures for staff, what is theirs for customers."""

from typing import Any
from uuid import UUID

from flask import Blueprint, g, render_template, request

from contracts.actor import Right
from contracts.calls.customers import BranchList, ListBranches
from contracts.calls.dashboard import DashboardView, GetDashboard
from contracts.calls.notify import FailedMessages, GetFailedMessages
from contracts.calls.operations import GetOperations, OperationsView
from contracts.errors import Refusal, Unavailable
from contracts.topology import SERVICES
from gateway.pages.my.home import home_facts
from gateway.pages.places import may
from gateway.rpc import ask_each

from .figures import charts, money_rows

pages = Blueprint("home", __name__)

DAYS_AHEAD = (0, 7, 30)
"""How far ahead renewals can be looked at."""
_USUAL = 7


@pages.get("/")
def home() -> str:
    """For staff: how the branches stand. For customers: what they have, owe and paid."""
    if g.caller.me.customer_id is not None:
        return render_template("home/customer.html", **home_facts(g.caller.me.customer_id))
    if not may(Right.SEE_CUSTOMERS):
        return render_template("home/home.html")
    branch_id, days = _branch(request.args.get("branch", "")), _days(request.args.get("days", ""))
    asked: list[Any] = [GetDashboard(branch_id=branch_id, days_ahead=days), ListBranches()]
    if may(Right.SEND_MESSAGES):
        asked.append(GetFailedMessages(branch_id=branch_id))
    if may(Right.SEE_OPERATIONS):
        asked += [(service, GetOperations()) for service in SERVICES]
    answers = ask_each(*asked)
    for answer in answers[:2]:
        if isinstance(answer, Refusal) and not isinstance(answer, Unavailable):
            raise answer
    return render_template("home/dashboard.html", **_facts(answers, branch_id, days))


def _facts(answers: list[Any], branch_id: UUID | None, days: int) -> dict[str, Any]:
    """What the page shows of the answers that came; what is away is said so."""
    figures = _only(answers, DashboardView)
    branches = _only(answers, BranchList)
    items = branches.items if branches else ()
    of_one = next((one for one in items if one.id == branch_id), items[0] if items else None)
    operations = [answer for answer in answers if isinstance(answer, OperationsView)]
    return {
        "figures": figures, "branches": items, "branch_id": branch_id, "days": days, "choices": DAYS_AHEAD,
        "time_zone": of_one.time_zone if of_one else "UTC",
        "rows": money_rows(figures.money) if figures and figures.money else [],
        "charts": charts(figures.money) if figures and figures.money else [],
        "failed": _only(answers, FailedMessages),
        "sees_failed": may(Right.SEND_MESSAGES),
        "parked": sum(one.parked for one in operations),
        "jobs": sum(len(one.jobs) for one in operations),
        "silent": len(SERVICES) - len(operations),
    }  # fmt: skip


def _only(answers: list[Any], kind: type[Any]) -> Any:
    """The answer of that kind; None when its service is away."""
    return next((answer for answer in answers if isinstance(answer, kind)), None)


def _branch(text: str) -> UUID | None:
    """The branch that was chosen; all of them when none is, or what was written is none."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _days(text: str) -> int:
    return int(text) if text in {str(days) for days in DAYS_AHEAD} else _USUAL
