"""The settings: branches and their policies, plans and prices, staff and their access."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contracts.actor import Role
from contracts.calls import Done
from contracts.calls.billing import AddPlan, GetPlan, ListPlans, PlanList, SetPlanPrice
from contracts.calls.customers import (
    AddBranch,
    AddStaff,
    BranchList,
    ChangeBranch,
    ChangeStaff,
    CheckSession,
    GetBranch,
    GetStaff,
    ListBranches,
    ListStaff,
    StaffList,
)
from contracts.calls.staffing import EndStaffSessions, InviteStaff
from contracts.cards import CustomerState
from contracts.errors import FieldError, NotFound, RuleBroken, Throttled
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import ScriptedClient
from tests.unit.gateway.test_pages import GOOD, csrf_of, submit

BRANCH, MEMBER = f"/settings/branches/{answers.BRANCH}", f"/settings/staff/{UUID(int=7)}"
PLAN = f"/settings/plans/{answers.PLAN}"
FORM = {
    "name": "Main", "currency": "INR", "time_zone": "Asia/Kolkata", "locale": "en", "tax_id": "T1",
    "letterhead": "Main Cable\r\n\r\n 1 Station Road ", "minimum_payment": "250.00", "invoicing": "on_payment",
    "proration": "none", "grace_days": "3", "suspend_after_days": "60",
    "complaint_reopen_days": "7", "cash_desk": "optional",
}  # fmt: skip


def colleague(**changed: Any) -> Any:
    return answers.staff_member().model_copy(update={"state": CustomerState.ACTIVE, **changed})


def refused(field: str, sentence: str) -> RuleBroken:
    return RuleBroken(sentence, errors=[FieldError(field=field, code="x", message=sentence)])


def browser(make_app: Callable[..., Flask], bus: ScriptedClient, role: Role) -> FlaskClient:
    """The browser of somebody in that role."""
    everywhere = role is Role.ADMIN
    bus.tell(CheckSession, answers.issued(answers.me(role, None if everywhere else (answers.BRANCH,))))
    web = make_app().test_client()
    submit(web, "/sign-in", GOOD)
    return web


@pytest.fixture
def admin(make_app: Callable[..., Flask], bus: ScriptedClient) -> FlaskClient:
    other = answers.branch("EAST", answers.OTHER_BRANCH)
    bus.tell(ListBranches, BranchList(items=(answers.branch(), other), next=None))
    bus.tell(GetBranch, answers.branch())
    bus.tell(ListPlans, PlanList(items=(answers.plan(),), next="more"))
    bus.tell(GetPlan, answers.plan())
    bus.tell(SetPlanPrice, answers.plan())
    bus.tell(AddPlan, answers.plan())
    bus.tell(ListStaff, StaffList(items=(colleague(),), next=None))
    bus.tell(GetStaff, colleague())
    for call in (AddStaff, ChangeStaff):
        bus.tell(call, colleague())
    for change in (AddBranch, ChangeBranch):
        bus.tell(change, answers.branch())
    for done in (InviteStaff, EndStaffSessions):
        bus.tell(done, Done())
    return browser(make_app, bus, Role.ADMIN)


@pytest.mark.parametrize(
    "path", ["/settings", "/settings/branches", "/settings/branches/add", BRANCH, "/settings/plans",
             "/settings/plans/add", PLAN, "/settings/staff", "/settings/staff/add", MEMBER, f"{MEMBER}/deactivation",
             "/settings/languages"],
)  # fmt: skip
def test_every_section_opens_for_the_operator_admin(admin: FlaskClient, path: str) -> None:
    assert admin.get(path).status_code == 200


@pytest.mark.parametrize("role", [Role.CASHIER, Role.SUPPORT, Role.TECHNICIAN, Role.CUSTOMER])
@pytest.mark.parametrize("path", ["/settings", "/settings/branches", "/settings/plans", "/settings/staff"])
def test_who_manages_nothing_is_kept_out(
    make_app: Callable[..., Flask], bus: ScriptedClient, role: Role, path: str
) -> None:
    web = browser(make_app, bus, role)
    assert web.get(path).status_code == 403
    assert 'href="/settings"' not in web.get("/password").text


def test_a_manager_gets_plans_and_staff_but_no_branches(
    make_app: Callable[..., Flask], bus: ScriptedClient, admin: FlaskClient
) -> None:
    manager = browser(make_app, bus, Role.MANAGER)
    index = manager.get("/settings").text
    assert "/settings/plans" in index and "/settings/staff" in index and "/settings/branches" not in index
    assert manager.get("/settings/branches").status_code == manager.get(BRANCH).status_code == 403
    assert manager.get(PLAN).status_code == manager.get(MEMBER).status_code == 200


def test_a_branch_is_saved_with_its_whole_policy(admin: FlaskClient, bus: ScriptedClient) -> None:
    assert submit(admin, BRANCH, FORM).status_code == 303
    asked = bus.last(ChangeBranch)
    assert asked.letterhead == ("Main Cable", "1 Station Road")
    assert (asked.reminder_days, asked.grace_days, asked.minimum_payment) == (None, 3, "250.00")


def test_the_form_has_every_field_of_the_call(admin: FlaskClient) -> None:
    page = admin.get(BRANCH).text
    of_the_reminders_page = {"reminder_days", "reminder_stages", "reminder_pause_days"}
    for name in set(ChangeBranch.model_fields) - {"branch_id"} - of_the_reminders_page:
        assert f'name="{name}"' in page, (
            f"add {name} to gateway/pages/settings/branch_form.py, it is one line"
        )


def test_a_currency_that_is_in_use_is_refused_beside_its_field(
    admin: FlaskClient, bus: ScriptedClient
) -> None:
    bus.tell(ChangeBranch, refused("currency", "MAIN has customers, whose ledgers are kept in INR."))
    page = submit(admin, BRANCH, {**FORM, "currency": "EUR"})
    assert page.status_code == 422 and 'id="currency-error">MAIN has customers' in page.text
    assert '<option selected value="EUR">' in page.text


@pytest.mark.parametrize(("field", "value"), [("grace_days", "400"), ("grace_days", ""), ("name", "")])
def test_a_wrong_value_is_named_beside_its_field(
    admin: FlaskClient, bus: ScriptedClient, field: str, value: str
) -> None:
    page = submit(admin, BRANCH, {**FORM, field: value})
    assert page.status_code == 422 and f'id="{field}-error"' in page.text
    assert bus.count(ChangeBranch) == 0


def test_numbers_are_shown_and_explained(admin: FlaskClient) -> None:
    assert re.search(r"MAIN-20[0-9]{2}-000001", admin.get(BRANCH).text)


def test_a_new_branch_begins_where_the_first_one_is(admin: FlaskClient, bus: ScriptedClient) -> None:
    page = admin.get("/settings/branches/add").text
    assert '<option selected value="Asia/Kolkata">' in page and '<option selected value="INR">' in page
    assert submit(admin, "/settings/branches/add", {**FORM, "code": "WEST"}).status_code == 303
    assert bus.last(AddBranch).code == "WEST"


def test_plans_are_filtered_in_the_address(admin: FlaskClient, bus: ScriptedClient) -> None:
    page = admin.get(f"/settings/plans?branch={answers.BRANCH}&service=cable_tv").text
    asked = bus.last(ListPlans)
    assert (asked.branch_id, asked.service_kind) == (answers.BRANCH, "cable_tv")
    assert f"branch={answers.BRANCH}&amp;service=cable_tv&amp;cursor=more" in page


def test_an_empty_list_of_plans_says_what_to_do(admin: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(ListPlans, PlanList(items=(), next=None))
    assert "No plans here" in admin.get("/settings/plans?branch=nonsense&service=nonsense").text


def test_a_new_price_says_what_it_means_and_is_set_from_its_day(
    admin: FlaskClient, bus: ScriptedClient
) -> None:
    assert "What was charged stays as it is" in admin.get(PLAN).text
    assert submit(admin, PLAN, {"price": "300.00", "valid_from": "2027-01-01"}).status_code == 303
    asked = bus.last(SetPlanPrice)
    assert (asked.price, asked.valid_from) == ("300.00", date(2027, 1, 1))


def test_a_day_that_has_a_price_is_refused_beside_the_day(admin: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(SetPlanPrice, refused("from", "TV has a price from then on already."))
    page = submit(admin, PLAN, {"price": "300.00", "valid_from": "2027-01-01"})
    assert page.status_code == 422 and 'id="valid_from-error">TV has a price' in page.text


def test_a_plan_is_added(admin: FlaskClient, bus: ScriptedClient) -> None:
    fields = {
        "branch_id": str(answers.BRANCH),
        "service_kind": "broadband",
        "code": "NET",
        "name": "Net",
        "price": "5",
    }
    assert submit(admin, "/settings/plans/add", fields).headers["Location"] == PLAN
    assert bus.last(AddPlan).service_kind == "broadband"


def test_somebody_is_added_and_gets_a_link(admin: FlaskClient, bus: ScriptedClient) -> None:
    fields = {"username": "ravi", "name": "Ravi", "email": "ravi@example.com", "role": "cashier",
              "branch_ids": str(answers.BRANCH)}  # fmt: skip
    assert submit(admin, "/settings/staff/add", fields).status_code == 303
    assert bus.last(AddStaff).branch_ids == (answers.BRANCH,)


def test_nobody_is_offered_a_role_above_the_own(
    make_app: Callable[..., Flask], bus: ScriptedClient, admin: FlaskClient
) -> None:
    page = browser(make_app, bus, Role.MANAGER).get("/settings/staff/add").text
    assert 'value="manager"' in page and 'value="admin"' not in page


def test_only_what_was_changed_of_a_member_is_sent(admin: FlaskClient, bus: ScriptedClient) -> None:
    as_is = {
        "name": "Meera",
        "email": "meera@example.com",
        "role": "cashier",
        "branch_ids": str(answers.BRANCH),
    }
    assert submit(admin, MEMBER, as_is).status_code == 303
    assert bus.count(ChangeStaff) == 0
    submit(admin, MEMBER, {**as_is, "role": "manager"})
    assert bus.last(ChangeStaff).model_fields_set == {"staff_id", "role"}


def test_what_is_refused_of_a_member_stands_beside_the_field(admin: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(ChangeStaff, refused("branch_ids", "Name at least one branch for this role."))
    page = submit(admin, MEMBER, {"name": "Meera", "email": "meera@example.com", "role": "cashier"})
    assert page.status_code == 422 and "Name at least one branch" in page.text


def test_somebody_is_named_before_they_are_deactivated(admin: FlaskClient, bus: ScriptedClient) -> None:
    page = admin.get(f"{MEMBER}/deactivation")
    assert "Deactivate Meera?" in page.text and bus.count(ChangeStaff) == 0
    admin.post(f"{MEMBER}/deactivation", data={"csrf_token": csrf_of(page)})
    assert bus.last(ChangeStaff).state is CustomerState.DEACTIVATED


def test_a_deactivated_member_can_be_restored(admin: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetStaff, answers.staff_member())
    page = admin.get(MEMBER)
    assert "Restore Meera" in page.text and f"{MEMBER}/link" not in page.text
    admin.post(f"{MEMBER}/restoration", data={"csrf_token": csrf_of(page)})
    assert bus.last(ChangeStaff).state is CustomerState.ACTIVE


@pytest.mark.parametrize(("path", "call"), [("link", InviteStaff), ("sign-out", EndStaffSessions)])
def test_access_is_renewed_and_ended(admin: FlaskClient, bus: ScriptedClient, path: str, call: Any) -> None:
    token = csrf_of(admin.get(MEMBER))
    assert admin.post(f"{MEMBER}/{path}", data={"csrf_token": token}).status_code == 303
    assert bus.last(call).staff_id == UUID(int=7)


def test_too_many_links_are_refused_with_a_sentence(admin: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(InviteStaff, Throttled("3 links were mailed within the last hour; wait."))
    token = csrf_of(admin.get(MEMBER))
    page = admin.post(f"{MEMBER}/link", data={"csrf_token": token}, follow_redirects=True)
    assert "3 links were mailed" in unescape(page.text)


def test_staff_of_another_branch_do_not_exist(admin: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetStaff, NotFound("There is no such member of staff."))
    assert admin.get(MEMBER).status_code == 404


def test_staff_are_invited_and_signed_out_through_the_api(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(InviteStaff, Done())
    bus.tell(EndStaffSessions, Done())
    of_member = f"/api/v1/staff/{UUID(int=7)}"
    assert api.post(f"{of_member}/invitation").status_code == 202
    assert api.delete(f"{of_member}/sessions").status_code == 204
