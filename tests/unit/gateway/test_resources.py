"""What the resources ask of the services, and how they show the answers."""

import json
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from contracts.actor import Role
from contracts.calls import Done
from contracts.calls.billing import (
    AddPlan,
    GetDues,
    GetInvoice,
    ListPlans,
    PlanList,
    RecordPayment,
    RunView,
    StartBillingRun,
    VoidPayment,
)
from contracts.calls.customers import (
    AddBranch,
    AddCustomer,
    BranchList,
    CheckSession,
    DeactivateCustomer,
    InviteCustomer,
    ListBranches,
)
from contracts.calls.reports import Document, FilePart, ReadReportFile, RenderInvoice, RequestReport
from contracts.errors import Unavailable
from contracts.money import Money
from gateway import files
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import ScriptedClient

OF_CUSTOMER = f"/api/v1/customers/{answers.CUSTOMER}"
KEY = {"Idempotency-Key": "k-1"}


def test_signing_in_gives_a_token_and_who_it_is_for(web: FlaskClient) -> None:
    answer = web.post("/api/v1/sessions", json={"username": "asha", "password": "secret words"})
    assert answer.status_code == 201
    assert answer.get_json()["token"] == "good-token"
    assert answer.get_json()["me"]["role"] == "cashier"
    assert "Set-Cookie" not in answer.headers


def test_a_payment_is_answered_with_numbers_allocations_and_subscriptions(
    api: FlaskClient, bus: ScriptedClient
) -> None:
    bus.tell(RecordPayment, answers.payment())
    body = {"amount": "250.00", "mode": "online", "reference": "UPI-1", "service": "cable_tv"}
    answer = api.post(f"{OF_CUSTOMER}/payments", json=body, headers=KEY)
    assert answer.status_code == 201
    assert answer.headers["Location"] == "/api/v1/payments/MAIN-P2026-000001"
    assert "Idempotent-Replayed" not in answer.headers
    shown = answer.get_json()
    assert (shown["payment_number"], shown["invoice_number"]) == ("MAIN-P2026-000001", "MAIN-2026-000001")
    assert (shown["amount"], shown["currency"]) == ("250.00", "INR")
    assert shown["allocations"][0]["amount"] == "250.00"
    assert shown["subscriptions"][0]["id"] == str(answers.SUBSCRIPTION)
    assert (shown["subscriptions"][0]["status"], shown["subscriptions"][0]["expires_on"]) == (
        "active",
        "2026-11-30",
    )
    asked = bus.last(RecordPayment)
    assert (asked.idempotency_key, asked.reference, asked.service_kind) == ("k-1", "UPI-1", "cable_tv")


def test_a_replayed_payment_says_so(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(RecordPayment, answers.payment(replayed=True))
    answer = api.post(f"{OF_CUSTOMER}/payments", json={"amount": "250.00", "mode": "cash"}, headers=KEY)
    assert (answer.status_code, answer.headers["Idempotent-Replayed"]) == (201, "true")


def test_voiding_names_the_payment_and_the_reason(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(VoidPayment, answers.payment().model_copy(update={"voided": True, "void_reason": "Typed twice"}))
    answer = api.post("/api/v1/payments/MAIN-P2026-000001/void", json={"reason": "Typed twice"})
    assert (answer.status_code, answer.get_json()["voided"]) == (200, True)


def test_dues_are_decimal_strings_with_their_currency(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetDues, answers.dues())
    shown = api.get(f"{OF_CUSTOMER}/dues").get_json()
    assert (shown["total"], shown["currency"]) == ("250.00", "INR")
    charge = shown["charges"][0]
    assert (charge["service"], charge["period"], charge["amount"], charge["open"]) == (
        "cable_tv", "2026-11", "250.00", "250.00",
    )  # fmt: skip


def test_no_dues_are_zero_and_hidden_dues_are_null(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetDues, answers.dues(Money.zero("INR")))
    assert api.get(f"{OF_CUSTOMER}/dues").get_json()["total"] == "0.00"
    bus.tell(GetDues, answers.dues(None))
    hidden = api.get(f"{OF_CUSTOMER}/dues").get_json()
    assert (hidden["total"], hidden["currency"], hidden["has_dues"]) == (None, None, True)


def test_who_has_one_branch_need_not_name_it(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(AddCustomer, answers.customer())
    assert api.post("/api/v1/customers", json={"name": "Ravi"}).status_code == 201
    assert bus.last(AddCustomer).branch_id == answers.BRANCH


def test_the_administrator_means_main_when_naming_no_branch(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(CheckSession, answers.issued(answers.me(Role.ADMIN, None)))
    bus.tell(ListBranches, BranchList(items=(answers.branch("EAST", answers.OTHER_BRANCH), answers.branch())))
    bus.tell(AddPlan, answers.plan())
    body = {"code": "TV", "name": "TV", "service": "cable_tv", "price": "250.00"}
    assert api.post("/api/v1/plans", json=body).status_code == 201
    assert bus.last(AddPlan).branch_id == answers.BRANCH


def test_who_has_several_branches_must_name_one(api: FlaskClient, bus: ScriptedClient) -> None:
    both = (answers.BRANCH, answers.OTHER_BRANCH)
    bus.tell(CheckSession, answers.issued(answers.me(branch_ids=both)))
    answer = api.post("/api/v1/customers", json={"name": "Ravi"})
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "branch_id")


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.TECHNICIAN, Role.CUSTOMER])
def test_who_may_not_do_it_in_any_branch_is_not_asked_which_one(
    api: FlaskClient, bus: ScriptedClient, role: Role
) -> None:
    bus.tell(CheckSession, answers.issued(answers.me(role, branch_ids=())))
    for path, body in (
        ("/api/v1/customers", {"name": "Ravi"}),
        ("/api/v1/plans", {"code": "TV", "name": "TV", "service": "cable_tv", "price": "250.00"}),
    ):
        assert api.post(path, json=body).status_code == 403


def test_a_branch_shows_its_policy_flat(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(AddBranch, answers.branch())
    body = {
        "code": "MAIN",
        "name": "Main",
        "currency": "INR",
        "time_zone": "Asia/Kolkata",
        "minimum_payment": 250,
    }
    answer = api.post("/api/v1/branches", json=body)
    assert answer.status_code == 201
    assert bus.last(AddBranch).minimum_payment == "250"
    shown = answer.get_json()
    assert (shown["minimum_payment"], shown["invoicing"], shown["suspend_after_days"]) == (
        "250.00",
        "on_payment",
        60,
    )


def test_a_price_names_its_first_day_from(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(ListPlans, PlanList(items=(answers.plan(),), next="abc"))
    shown = api.get("/api/v1/plans?service=cable_tv").get_json()
    assert shown["items"][0]["prices"] == [{"price": "250.00", "from": "2026-01-01"}]
    assert bus.last(ListPlans).service_kind == "cable_tv"


def test_deactivating_needs_no_reason(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(DeactivateCustomer, answers.customer())
    assert api.post(f"{OF_CUSTOMER}/deactivation").status_code == 200
    assert len(bus.last(DeactivateCustomer).reason) >= 3


def test_an_invitation_is_under_way(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(InviteCustomer, Done())
    assert api.post(f"{OF_CUSTOMER}/invitation").status_code == 202


def test_a_run_is_under_way_and_says_where_to_look(api: FlaskClient, bus: ScriptedClient) -> None:
    run = RunView(id=UUID(int=7), kind="billing", state="queued", done=0, total=0, period="2026-11", branch_id=None,
                  preview=True, business_date=None, raised_count=0, raised=(Money.parse("1.50", "USD"),),
                  started_at=answers.AT, finished_at=None, problem=None)  # fmt: skip
    bus.tell(StartBillingRun, run)
    answer = api.post("/api/v1/billing-runs", json={"period": "2026-11", "preview": True})
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/v1/billing-runs/{run.id}"
    assert answer.get_json()["raised"] == [{"amount": "1.50", "currency": "USD"}]


@pytest.mark.parametrize("period", ["2026-13", "2026-1", "november", ""])
def test_a_period_is_a_month(api: FlaskClient, period: str) -> None:
    assert api.post("/api/v1/billing-runs", json={"period": period}).status_code == 422


def test_an_invoice_is_shown_as_issued(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetInvoice, answers.invoice())
    shown = api.get("/api/v1/invoices/MAIN-2026-000001").get_json()
    assert (shown["number"], shown["total"], shown["currency"]) == ("MAIN-2026-000001", "250.00", "INR")
    assert shown["buyer"]["name"] == "Fish & Chips <Ltd"


def test_invoice_numbers_are_asked_for_as_they_are_written(api: FlaskClient, bus: ScriptedClient) -> None:
    api.get("/api/v1/invoices/main-2026-000001")
    assert bus.last(GetInvoice).number == "main-2026-000001"


def test_an_invoice_is_drawn_in_its_own_language(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetInvoice, answers.invoice())
    bus.tell(RenderInvoice, Document(content=b"%PDF-1.7", file_name="MAIN-2026-000001.pdf"))
    answer = api.get("/api/v1/invoices/MAIN-2026-000001.pdf")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "application/pdf", b"%PDF-1.7")
    assert bus.last(GetInvoice).number == "MAIN-2026-000001"
    assert bus.last(RenderInvoice).locale == "pl"


def test_a_report_says_where_its_file_is_once_it_is_done(api: FlaskClient, bus: ScriptedClient) -> None:
    body = {
        "kind": "payments",
        "service": "cable_tv",
        "year": 2026,
        "month": 11,
        "selection": "paid",
        "format": "pdf",
    }
    bus.tell(RequestReport, answers.report("queued"))
    asked = api.post("/api/v1/reports", json=body)
    assert (asked.status_code, asked.get_json()["file"]) == (202, None)
    bus.tell(RequestReport, answers.report())
    assert (
        api.post("/api/v1/reports", json=body).get_json()["file"] == f"/api/v1/reports/{answers.REPORT}/file"
    )


def parts_of(content: bytes, name: str = "paid.pdf") -> Any:
    def part(request: ReadReportFile) -> FilePart:
        cut = content[request.offset : request.offset + request.length]
        return FilePart(content=cut, size=len(content), file_name=name, media_type="application/pdf")

    return part


FILE = f"/api/v1/reports/{answers.REPORT}/file"


def test_a_file_passes_through_part_by_part(
    api: FlaskClient, bus: ScriptedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PART", 10)
    content = bytes(range(95))
    bus.tell(ReadReportFile, parts_of(content))
    answer = api.get(FILE)
    assert answer.data == content
    assert answer.headers["Content-Length"] == "95"
    assert [request.offset for request, _ in bus.asked if isinstance(request, ReadReportFile)] == list(
        range(0, 95, 10)
    )


def test_a_file_that_breaks_off_is_not_taken_for_whole(
    api: FlaskClient, bus: ScriptedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PART", 10)
    whole = parts_of(bytes(95))
    bus.tell(ReadReportFile, lambda request: whole(request) if request.offset < 50 else Unavailable("Away."))
    with pytest.raises(Unavailable):
        _ = api.get(FILE).data


@pytest.mark.parametrize(
    "name", ['a"b.pdf', "../../etc/passwd", "a\r\nX-Evil: 1.pdf", "ziółko-發票-فاکتور.pdf", "x" * 300]
)
def test_whatever_a_file_is_called_its_name_is_encoded(
    api: FlaskClient, bus: ScriptedClient, name: str
) -> None:
    bus.tell(ReadReportFile, parts_of(b"%PDF", name))
    answer = api.get(FILE)
    assert answer.status_code == 200
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename")
    assert "\n" not in disposition
    assert disposition.isascii()
    assert "X-Evil" not in answer.headers


def test_lists_name_the_page_after(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(ListPlans, PlanList(items=(answers.plan(),), next="abc"))
    shown = json.loads(api.get("/api/v1/plans").text)
    assert list(shown) == ["items", "next"]
    assert shown["next"] == "abc"
