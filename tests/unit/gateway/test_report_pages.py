"""Reports on pages: asked for, watched, fetched, made again, and told each month (C07, C21, C55 to C57)."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contracts.actor import Role
from contracts.calls import Done
from contracts.calls.customers import BranchList, ListBranches
from contracts.calls.reports import (
    FilePart,
    GetReport,
    ListReports,
    ReadReportFile,
    ReportFormat,
    ReportList,
    RequestReport,
    Selection,
)
from contracts.calls.standing_reports import (
    AddStandingReport,
    ListStandingReports,
    RemoveStandingReport,
    StandingReportList,
    StandingReportView,
)
from contracts.cards import Service
from contracts.errors import Conflict, NotFound
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import ScriptedClient
from tests.unit.gateway.test_desk import field
from tests.unit.gateway.test_pages import csrf_of, submit
from tests.unit.gateway.test_settings import browser

ONE = f"/reports/{answers.REPORT}"
WANTED = {"service": "broadband", "selection": "unpaid", "format": "xlsx", "year": "2026", "month": "10",
          "branch": str(answers.BRANCH)}  # fmt: skip
STANDING = StandingReportView(
    id=UUID(int=12), service_kind=Service.CABLE_TV, branch_id=None, selection=Selection.UNPAID,
    format=ReportFormat.PDF, first_period="2026-11", created_at=answers.AT,
)  # fmt: skip


def a_report(state: str = "done", **changed: Any) -> Any:
    return answers.report(state).model_copy(update=changed)


@pytest.fixture
def manager(make_app: Callable[..., Flask], bus: ScriptedClient) -> FlaskClient:
    other = answers.branch("EAST", answers.OTHER_BRANCH)
    bus.tell(ListBranches, BranchList(items=(answers.branch(), other), next=None))
    bus.tell(ListReports, ReportList(items=(a_report(), a_report(monthly=True)), next="older"))
    bus.tell(GetReport, a_report())
    bus.tell(RequestReport, a_report("queued"))
    bus.tell(ListStandingReports, StandingReportList(items=(STANDING,)))
    bus.tell(AddStandingReport, STANDING)
    bus.tell(RemoveStandingReport, Done())
    return browser(make_app, bus, Role.MANAGER)


@pytest.mark.parametrize("role", [Role.CASHIER, Role.SUPPORT, Role.TECHNICIAN, Role.CUSTOMER])
@pytest.mark.parametrize("path", ["/reports", ONE, f"{ONE}/file", "/reports/standing"])
def test_only_who_makes_reports_gets_there(
    make_app: Callable[..., Flask], bus: ScriptedClient, role: Role, path: str
) -> None:
    web = browser(make_app, bus, role)
    assert web.get(path).status_code == 403
    assert 'href="/reports"' not in web.get("/password").text


def test_a_report_is_asked_for_and_then_watched(manager: FlaskClient, bus: ScriptedClient) -> None:
    page = manager.get("/reports")
    key = field(page, "key")
    answer = manager.post("/reports", data={**WANTED, "key": key, "csrf_token": csrf_of(page)})
    assert answer.headers["Location"] == ONE
    asked = bus.last(RequestReport)
    assert (asked.service_kind, asked.selection, asked.format) == ("broadband", "unpaid", "xlsx")
    assert (asked.year, asked.month, asked.branch_id, asked.idempotency_key) == (
        2026,
        10,
        answers.BRANCH,
        key,
    )


def test_without_a_branch_every_own_one_is_meant(manager: FlaskClient, bus: ScriptedClient) -> None:
    submit(manager, "/reports", {**WANTED, "branch": ""})
    assert bus.last(RequestReport).branch_id is None


@pytest.mark.parametrize(
    ("name", "value"), [("year", "1999"), ("month", "13"), ("format", "exe"), ("service", "")]
)
def test_a_report_about_nonsense_is_not_asked_for(
    manager: FlaskClient, bus: ScriptedClient, name: str, value: str
) -> None:
    assert submit(manager, "/reports", {**WANTED, name: value}).status_code == 422
    assert bus.count(RequestReport) == 0


def test_the_history_is_newest_first_with_its_files(manager: FlaskClient, bus: ScriptedClient) -> None:
    page = manager.get("/reports?cursor=abc").text
    assert bus.last(ListReports).cursor == "abc" and "cursor=older" in page
    assert (
        f'href="{ONE}/file"' in page and "by itself, 21 Nov 2026" in page and "Asha Rao, Nov 21, 2026" in page
    )


def test_an_empty_history_says_what_to_do(manager: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(ListReports, ReportList(items=(), next=None))
    assert "No report was made yet" in manager.get("/reports").text


@pytest.mark.parametrize("state", ["queued", "running"])
def test_work_under_way_is_followed_and_can_be_looked_at_again(
    manager: FlaskClient, bus: ScriptedClient, state: str
) -> None:
    bus.tell(GetReport, a_report(state, done=120, total=7043))
    page = manager.get(ONE).text
    assert 'id="report" data-follow' in page and '<progress max="7043" value="120"' in page
    assert "120 of 7,043 charges" in page and "Look again" in page and f"{ONE}/file" not in page


def test_a_report_that_is_made_is_followed_no_more_and_says_its_moment(manager: FlaskClient) -> None:
    page = manager.get(ONE).text
    assert "data-follow" not in page and f'href="{ONE}/file"' in page
    assert "Nov 21, 2026, 3:00:00" in page and "complete up to then" in page


def test_a_report_that_had_not_caught_up_says_so(manager: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetReport, a_report(caught_up=False))
    assert "may be missing" in manager.get(ONE).text


def test_a_file_that_is_gone_is_said_and_not_offered(manager: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetReport, a_report(file_gone=True))
    bus.tell(ListReports, ReportList(items=(a_report(file_gone=True),), next=None))
    page = manager.get(ONE).text
    assert "is gone" in page and f"{ONE}/file" not in page and "Make it again" in page
    assert "File gone" in manager.get("/reports").text


def test_a_report_that_failed_says_why(manager: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetReport, a_report("failed", problem="It could <not> be drawn."))
    assert "It could &lt;not&gt; be drawn." in manager.get(ONE).text


def test_the_same_report_is_made_again_as_a_new_one(manager: FlaskClient, bus: ScriptedClient) -> None:
    page = manager.get(ONE)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    manager.post("/reports", data={**fields, "csrf_token": csrf_of(page)})
    asked = bus.last(RequestReport)
    assert (asked.year, asked.month, asked.selection, asked.branch_id) == (2026, 11, Selection.PAID, None)
    assert asked.idempotency_key and field(manager.get(ONE), "key") != asked.idempotency_key


def test_the_file_is_fetched(manager: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(
        ReadReportFile,
        FilePart(content=b"%PDF-1.4", size=8, file_name="paid.pdf", media_type="application/pdf"),
    )
    answer = manager.get(f"{ONE}/file")
    assert answer.data == b"%PDF-1.4" and "paid.pdf" in answer.headers["Content-Disposition"]


def test_a_file_that_went_meanwhile_is_a_page_of_ours(manager: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(ReadReportFile, NotFound("The report's file is no longer kept; ask for the report again."))
    answer = manager.get(f"{ONE}/file")
    assert answer.status_code == 404 and "no longer kept" in answer.text


def test_a_report_of_each_month_is_asked_for_and_ended(manager: FlaskClient, bus: ScriptedClient) -> None:
    page = manager.get("/reports/standing")
    assert "All branches, PDF" in page.text
    wanted = {"service": "cable_tv", "selection": "unpaid", "format": "pdf", "branch": str(answers.BRANCH)}
    answer = submit(manager, "/reports/standing", wanted)
    assert answer.status_code == 303 and bus.last(AddStandingReport).branch_id == answers.BRANCH
    assert "beginning of December 2026" in manager.get("/reports/standing").text
    manager.post(f"/reports/standing/{STANDING.id}/end", data={"csrf_token": csrf_of(page)})
    assert bus.last(RemoveStandingReport).standing_report_id == STANDING.id


def test_the_same_wish_twice_is_refused_with_a_sentence(manager: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(AddStandingReport, Conflict("You get this report each month already."))
    page = submit(manager, "/reports/standing", {"service": "cable_tv", "selection": "paid", "format": "pdf"})
    assert page.status_code == 409 and "already" in page.text


def test_the_api_has_the_list_and_the_standing_reports(
    api: FlaskClient, bus: ScriptedClient, manager: FlaskClient
) -> None:
    bus.tell(ListReports, ReportList(items=(a_report(file_gone=True),), next=None))
    (one,) = api.get("/api/v1/reports?limit=5").get_json()["items"]
    assert one["file_gone"] is True and one["file"] is None and bus.last(ListReports).limit == 5
    assert api.get("/api/v1/standing-reports").get_json()["items"][0]["first_period"] == "2026-11"
    body = {"service": "cable_tv", "selection": "unpaid", "format": "pdf"}
    added = api.post("/api/v1/standing-reports", json=body)
    assert added.status_code == 201 and added.headers["Location"].endswith(str(STANDING.id))
    assert api.delete(f"/api/v1/standing-reports/{STANDING.id}").status_code == 204
