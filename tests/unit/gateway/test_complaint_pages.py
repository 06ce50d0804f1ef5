"""Pages of complaints: the list and its filters, one complaint and what is done about it, customers' own (C51, C53)."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contracts.actor import Role
from contracts.calls import complaints as calls
from contracts.calls.billing import GetDues
from contracts.calls.customers import BranchList, CheckSession, GetCustomer, ListBranches
from contracts.cards import ComplaintKind, Service
from contracts.errors import Conflict, NotFound, RuleBroken
from gateway.pages.csv_files import cell
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import ScriptedClient
from tests.unit.gateway.test_pages import GOOD, csrf_of, submit

NUMBER = "MAIN-C2026-000001"
PAGE = f"/complaints/{NUMBER}"
MEERA = UUID(int=7)


def view(**changed: Any) -> calls.ComplaintView:
    fields: dict[str, Any] = {
        "number": NUMBER, "customer_id": answers.CUSTOMER, "customer_name": "Fish & Chips <Ltd", "crf": "1001",
        "branch_id": answers.BRANCH, "kind": ComplaintKind.NO_SIGNAL, "service_kind": Service.CABLE_TV,
        "message": "No <b>picture</b>.", "state": calls.ComplaintState.OPEN, "is_read": True,
        "filed_at": answers.AT, "filed_on": date(2026, 11, 22), "filed_by": "Asha Rao",
        "age_days": 3, "assigned_to": MEERA,
        "assigned_name": "Meera", "resolved_at": None, "resolution": None, "reopen_until": None, "imported": False,
    }  # fmt: skip
    return calls.ComplaintView(**{**fields, **changed})


def detail(**changed: Any) -> calls.ComplaintDetail:
    more: dict[str, Any] = {name: changed.pop(name) for name in ("may_reopen", "replayed") if name in changed}
    step = calls.ComplaintStepView(
        step=calls.ComplaintStep.NOTED, text="Called back.", by_name="Meera", at=answers.AT
    )
    whole = {"steps": (step,), "time_zone": "Asia/Kolkata", "may_reopen": False, **more}
    return calls.ComplaintDetail(**view(**changed).model_dump(), **whole)


@pytest.fixture
def sit(make_app: Callable[..., Flask], bus: ScriptedClient) -> Callable[[Role], FlaskClient]:
    """A browser of somebody of that role."""
    bus.tell(GetCustomer, answers.customer())
    bus.tell(GetDues, answers.dues())
    bus.tell(ListBranches, BranchList(items=(answers.branch(),)))
    bus.tell(calls.ListComplaints, calls.ComplaintList(items=(view(),)))
    bus.tell(calls.CountComplaints, calls.ComplaintCounts(open=2, unread=1))
    bus.tell(calls.GetComplaint, detail())
    bus.tell(
        calls.ListAssignableStaff,
        calls.AssignableList(items=(calls.Assignable(id=MEERA, name="Meera", role=Role.SUPPORT),)),
    )

    def sitting(role: Role) -> FlaskClient:
        me = answers.me(role, () if role is Role.CUSTOMER else (answers.BRANCH,))
        if role is Role.CUSTOMER:
            me = me.model_copy(update={"customer_id": answers.CUSTOMER})
        bus.tell(CheckSession, answers.issued(me))
        web = make_app().test_client()
        assert submit(web, "/sign-in", GOOD).status_code == 303
        return web

    return sitting


Sit = Callable[[Role], FlaskClient]


def test_the_list_shows_what_is_open_first(sit: Sit, bus: ScriptedClient) -> None:
    page = sit(Role.SUPPORT).get("/complaints").text
    assert NUMBER in page and "2 open" in page and "1 unread" in page and "3 days" in page
    assert bus.last(calls.ListComplaints).state is calls.ComplaintState.OPEN


def test_filters_are_in_the_address_and_what_is_wrong_in_it_is_left_out(
    sit: Sit, bus: ScriptedClient
) -> None:
    web = sit(Role.SUPPORT)
    web.get(f"/complaints?state=all&read=no&kind=billing&assigned=me&older=3&branch={answers.BRANCH}")
    asked = bus.last(calls.ListComplaints)
    assert (asked.state, asked.read, asked.kind, asked.assigned, asked.older_than_days, asked.branch_id) == (
        None, False, ComplaintKind.BILLING, calls.AssignedTo.ME, 3, answers.BRANCH,
    )  # fmt: skip
    assert web.get("/complaints?state=x&read=x&kind=x&assigned=x&older=-1&branch=x").status_code == 200
    asked = bus.last(calls.ListComplaints)
    assert (asked.state, asked.kind, asked.older_than_days) == (calls.ComplaintState.OPEN, None, None)


def test_an_unread_one_is_bold_and_opened_by_a_form_that_marks_it(sit: Sit, bus: ScriptedClient) -> None:
    bus.tell(calls.ListComplaints, calls.ComplaintList(items=(view(is_read=False),)))
    bus.tell(calls.MarkComplaintRead, detail())
    web = sit(Role.SUPPORT)
    page = web.get("/complaints")
    assert 'class="unread"' in page.text and f'action="{PAGE}/open"' in page.text
    answer = web.post(f"{PAGE}/open", data={"csrf_token": csrf_of(page)})
    assert (answer.status_code, answer.location) == (303, PAGE)


def test_looking_marks_nothing(sit: Sit, bus: ScriptedClient) -> None:
    bus.tell(calls.GetComplaint, detail(is_read=False))
    page = sit(Role.SUPPORT).get(PAGE).text
    assert "Mark as read" in page
    assert bus.count(calls.MarkComplaintRead) == 0


def test_what_people_wrote_is_never_markup(sit: Sit) -> None:
    page = sit(Role.SUPPORT).get(PAGE).text
    assert "No &lt;b&gt;picture&lt;/b&gt;." in page and "Fish &amp; Chips &lt;Ltd" in page


def test_a_cashier_sees_it_and_has_nothing_to_press(sit: Sit, bus: ScriptedClient) -> None:
    page = sit(Role.CASHIER).get(PAGE).text
    assert "Called back." in page and "/resolution" not in page
    assert bus.count(calls.ListAssignableStaff) == 0


@pytest.mark.parametrize(
    ("path", "fields", "kind", "said"),
    [
        ("notes", {"note": "Called back."}, calls.NoteOnComplaint, "The note is kept."),
        ("assignment", {"staff_id": str(MEERA)}, calls.AssignComplaint, "The assignment is changed."),
        ("resolution", {"resolution": "Mended."}, calls.ResolveComplaint, "is resolved"),
        ("reopening", {"reason": "Dark again."}, calls.ReopenComplaint, "open again"),
    ],
)
def test_each_form_does_its_one_thing_and_leads_back(
    sit: Sit, bus: ScriptedClient, path: str, fields: dict[str, str], kind: Any, said: str
) -> None:
    bus.tell(kind, detail())
    web = sit(Role.SUPPORT)
    sent = web.post(f"{PAGE}/{path}", data={**fields, "csrf_token": csrf_of(web.get(PAGE))})
    assert (sent.status_code, sent.location) == (303, PAGE)
    assert bus.last(kind).number == NUMBER
    assert said in web.get(PAGE).text


def test_what_is_missing_is_said_and_what_was_typed_stays(sit: Sit, bus: ScriptedClient) -> None:
    web = sit(Role.SUPPORT)
    token = csrf_of(web.get(PAGE))
    page = web.post(f"{PAGE}/resolution", data={"resolution": "", "csrf_token": token})
    assert page.status_code == 422 and "Write what the customer is told." in page.text
    bus.tell(calls.ResolveComplaint, Conflict("MAIN-C2026-000001 is resolved already."))
    page = web.post(f"{PAGE}/resolution", data={"resolution": "My own answer", "csrf_token": token})
    assert page.status_code == 409
    assert "is resolved already" in page.text and "My own answer" in page.text


def test_the_file_has_the_whole_filtered_set_and_no_formula(sit: Sit, bus: ScriptedClient) -> None:
    pages = {None: "more", "more": None}
    bus.tell(
        calls.ListComplaints,
        lambda request: calls.ComplaintList(
            items=(view(message="=HYPERLINK(1)"),), next=pages[request.cursor]
        ),
    )
    answer = sit(Role.SUPPORT).get("/complaints.csv?state=all&kind=billing")
    lines = answer.text.splitlines()
    assert (answer.mimetype, len(lines)) == ("text/csv", 3)
    assert "'=HYPERLINK(1)" in lines[1]
    assert bus.last(calls.ListComplaints).kind is ComplaintKind.BILLING


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "＝1"])
def test_a_cell_that_a_spreadsheet_would_carry_out_is_text(text: str) -> None:
    assert cell(text).startswith("'")


def test_staff_file_for_a_customer_once_per_key(sit: Sit, bus: ScriptedClient) -> None:
    bus.tell(calls.FileComplaint, detail())
    web = sit(Role.CASHIER)
    path = f"/customers/{answers.CUSTOMER}/complaints/new"
    page = web.get(path)
    key = page.text.split('name="key"')[1].split('value="')[1].split('"')[0]
    fields = {"kind": "speed", "service": "", "message": "Slow.", "key": key, "csrf_token": csrf_of(page)}
    assert web.post(path, data=fields).location == PAGE
    web.post(path, data=fields)
    keys = [asked.idempotency_key for asked, _ in bus.asked if isinstance(asked, calls.FileComplaint)]
    assert keys == [key, key]


def test_a_customer_files_follows_and_reopens(sit: Sit, bus: ScriptedClient) -> None:
    bus.tell(calls.FileComplaint, detail())
    bus.tell(calls.ReopenComplaint, detail())
    web = sit(Role.CUSTOMER)
    assert web.get("/complaints").location == "/complaints/mine"
    assert NUMBER in web.get("/complaints/mine").text
    fields = {"kind": "no_signal", "service": "cable_tv", "message": "No picture.", "key": "k"}
    assert submit(web, "/complaints/mine/new", fields).location == PAGE
    assert bus.last(calls.FileComplaint).customer_id == answers.CUSTOMER
    bus.tell(calls.GetComplaint, detail(state=calls.ComplaintState.RESOLVED, may_reopen=True))
    page = web.get(PAGE)
    assert "Reopen it" in page.text and "/notes" not in page.text
    sent = web.post(f"{PAGE}/reopening", data={"reason": "Dark again.", "csrf_token": csrf_of(page)})
    assert sent.location == PAGE


def test_a_reopening_that_comes_too_late_is_said(sit: Sit, bus: ScriptedClient) -> None:
    bus.tell(calls.ReopenComplaint, RuleBroken("This could be reopened until 2026-11-29."))
    web = sit(Role.CUSTOMER)
    token = csrf_of(web.get("/complaints/mine/new"))
    page = web.post(f"{PAGE}/reopening", data={"reason": "Dark again.", "csrf_token": token})
    assert page.status_code == 422 and "reopened until 2026-11-29" in page.text


@pytest.mark.parametrize(
    "path",
    [
        f"/customers/{answers.CUSTOMER}/complaints",
        f"/customers/{answers.CUSTOMER}/complaints/new",
        "/complaints.csv",
    ],
)
def test_a_customer_is_not_let_into_pages_of_staff(sit: Sit, path: str) -> None:
    assert sit(Role.CUSTOMER).get(path).status_code == 403


def test_a_technician_has_no_complaints(sit: Sit) -> None:
    web = sit(Role.TECHNICIAN)
    assert web.get("/complaints").status_code == 403
    assert 'href="/complaints"' not in web.get("/password").text


def test_a_hidden_complaint_is_nothing_here(sit: Sit, bus: ScriptedClient) -> None:
    bus.tell(calls.GetComplaint, NotFound("There is no such complaint."))
    for role in (Role.SUPPORT, Role.CUSTOMER):
        assert sit(role).get(PAGE).status_code == 404


def test_an_empty_list_says_what_to_do(sit: Sit, bus: ScriptedClient) -> None:
    bus.tell(calls.ListComplaints, calls.ComplaintList(items=()))
    web = sit(Role.SUPPORT)
    assert "find the customer and file it for them" in web.get("/complaints").text
    assert "Show all that are open" in web.get("/complaints?kind=speed").text


def test_lists_name_the_branchs_day_and_not_the_worlds(sit: Sit) -> None:
    of_customer = f"/customers/{answers.CUSTOMER}/complaints"
    for page in (sit(Role.SUPPORT).get(of_customer), sit(Role.CUSTOMER).get("/complaints/mine")):
        assert "22 Nov 2026" in page.text and "21 Nov 2026" not in page.text
