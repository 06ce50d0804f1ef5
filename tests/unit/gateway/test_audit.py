"""The audit log of all services is one list; an ID number is shown by an act alone."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from contracts.actor import Role
from contracts.calls.audit import AuditEntry, AuditList, KnownPerson, ListAudit, PeopleKnown, WhoIs
from contracts.calls.billing import (
    GetDues,
    ListPayments,
    ListSubscriptions,
    PaymentList,
    SubscriptionList,
)
from contracts.calls.customers import BranchList, CheckSession, GetCustomer, ListBranches
from contracts.calls.id_numbers import IdNumberShown, ShowIdNumber
from contracts.errors import Unavailable
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import ScriptedClient
from tests.unit.gateway.test_pages import GOOD, csrf_of, submit

PATH = "/settings/audit"


def entry(number: int, at: datetime, **other: Any) -> AuditEntry:
    told = {
        "id": number, "at": at, "trace": "t", "subject": "staff:1", "role": "cashier", "via": "",
        "call": "record_payment", "kind": "payment", "object_id": f"MAIN-{number}", "customer_id": answers.CUSTOMER,
        "branch_id": answers.BRANCH, "outcome": "done", "detail": {"fields": ["street"], "amount_minor": 25000},
        "sequence": number, "place": f"{at.isoformat()}_{number}",
    }  # fmt: skip
    return AuditEntry(**{**told, **other})


class Logs:
    """The logs of the services: each call is answered from the next service's list, as they are asked in turn."""

    def __init__(self, **entries: list[AuditEntry]) -> None:
        self.entries = entries
        self.turn: list[str] = []

    def answer(self, service: str, request: ListAudit) -> AuditList:
        rows = sorted(self.entries.get(service, []), key=lambda one: one.at, reverse=True)
        if request.cursor:
            after = next(number for number, one in enumerate(rows) if one.place == request.cursor)
            rows = rows[after + 1 :]
        page = tuple(rows[: request.limit])
        return AuditList(items=page, next=page[-1].place if len(rows) > request.limit else None)


@pytest.fixture
def logs(bus: ScriptedClient, monkeypatch: pytest.MonkeyPatch) -> Logs:
    """The addressed calls are told apart by the service that they name."""
    made = Logs()
    plain = ScriptedClient.call_each

    def call_each(self: ScriptedClient, requests: Any, **other: Any) -> list[Any]:
        if not all(isinstance(request, ListAudit) for _, request in requests):
            return plain(self, requests, **other)
        self.asked += [(request, "") for _, request in requests]
        return [
            Unavailable("away") if service in made.turn else made.answer(service, request)
            for service, request in requests
        ]

    monkeypatch.setattr(ScriptedClient, "call_each", call_each)
    at = answers.AT
    made.entries = {
        "customers": [entry(1, at), entry(2, at + timedelta(minutes=4))],
        "billing": [entry(1, at + timedelta(minutes=1)), entry(2, at + timedelta(minutes=2))],
        "notify": [entry(1, at + timedelta(minutes=3), outcome="forbidden")],
    }
    return made


@pytest.fixture
def admin(bus: ScriptedClient) -> None:
    bus.tell(CheckSession, answers.issued(answers.me(Role.ADMIN, None)))
    bus.tell(ListBranches, BranchList(items=(answers.branch(),)))
    known = [
        KnownPerson(subject="staff:1", name="Asha Rao", username="asha"),
        KnownPerson(subject=f"customer:{answers.CUSTOMER}", name="Fish & Chips", crf="1001"),
    ]
    bus.tell(WhoIs, lambda request: PeopleKnown(items=known if request.typed != "nobody" else ()))


@pytest.fixture
def page(web: FlaskClient, bus: ScriptedClient, logs: Logs, admin: None) -> FlaskClient:
    submit(web, "/sign-in", GOOD)
    return web


def told(answer: Any) -> list[tuple[str, int]]:
    return [(one["service"], one["id"]) for one in answer.get_json()["items"]]


def test_the_logs_of_all_services_are_one_list_newest_first(
    api: FlaskClient, logs: Logs, admin: None
) -> None:
    assert told(api.get("/api/v1/audit")) == [
        ("customers", 2), ("notify", 1), ("billing", 2), ("billing", 1), ("customers", 1),
    ]  # fmt: skip


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
def test_the_pages_of_the_list_say_everything_once(
    api: FlaskClient, logs: Logs, admin: None, limit: int
) -> None:
    seen, cursor = [], None
    while True:
        found = api.get("/api/v1/audit", query_string={"limit": limit, "cursor": cursor or ""})
        seen += told(found)
        cursor = found.get_json()["next"]
        if cursor is None:
            break
    assert seen == [("customers", 2), ("notify", 1), ("billing", 2), ("billing", 1), ("customers", 1)]


def test_one_service_can_be_chosen_and_filters_reach_it(
    api: FlaskClient, bus: ScriptedClient, logs: Logs, admin: None
) -> None:
    query = {"service": "billing", "customer_id": str(answers.CUSTOMER), "since": "2026-11-01T00:00:00Z"}
    assert told(api.get("/api/v1/audit", query_string=query)) == [("billing", 2), ("billing", 1)]
    assert bus.count(ListAudit) == 1
    asked = bus.last(ListAudit)
    assert (asked.customer_id, asked.since.isoformat()) == (answers.CUSTOMER, "2026-11-01T00:00:00+00:00")


@pytest.mark.parametrize("cursor", ["nonsense", "billing=x", "customers=,billing=,notify=,reports=,other="])
def test_a_cursor_of_no_list_is_refused(api: FlaskClient, logs: Logs, admin: None, cursor: str) -> None:
    assert api.get("/api/v1/audit", query_string={"cursor": cursor}).status_code == 400


def test_the_api_tells_nothing_rather_than_a_part(api: FlaskClient, logs: Logs, admin: None) -> None:
    logs.turn = ["notify"]
    assert api.get("/api/v1/audit").status_code == 503


def test_a_file_is_whole_or_it_is_none(page: FlaskClient, logs: Logs) -> None:
    logs.turn = ["notify"]
    assert page.get("/settings/audit.csv").status_code == 503


def test_the_page_says_whose_entries_are_missing(page: FlaskClient, logs: Logs) -> None:
    logs.turn = ["notify"]
    text = page.get(PATH).text
    assert "do not answer just now: notify" in text and text.count("record payment") == 4


def test_the_page_names_people_and_shows_what_was_refused(page: FlaskClient) -> None:
    text = page.get(PATH).text
    assert "Asha Rao" in text and "Fish &amp; Chips" in text and "fields: street; amount_minor: 25000" in text
    assert text.count("refused") == 1


def test_days_are_those_of_the_branch(page: FlaskClient, bus: ScriptedClient) -> None:
    page.get(f"{PATH}?first=2026-11-21&last=2026-11-21")
    asked = bus.last(ListAudit)
    assert asked.since.isoformat() == "2026-11-20T18:30:00+00:00"
    assert asked.until - asked.since == timedelta(days=1)


def test_looks_at_id_numbers_can_be_listed_alone(page: FlaskClient, bus: ScriptedClient) -> None:
    page.get(f"{PATH}?what=looks&who=asha&about=1001&branch={answers.BRANCH}&service=customers")
    asked = bus.last(ListAudit)
    assert (asked.kind, asked.subject, asked.customer_id, asked.branch_id) == (
        "id_number", "staff:1", answers.CUSTOMER, answers.BRANCH,
    )  # fmt: skip


def test_a_name_that_nobody_has_is_said(page: FlaskClient, bus: ScriptedClient) -> None:
    assert "Nobody has this name" in page.get(f"{PATH}?who=nobody").text
    assert bus.count(ListAudit) == 0


@pytest.mark.parametrize("query", ["first=nonsense", "branch=x&service=x&what=x", "cursor="])
def test_an_address_that_was_typed_wrongly_shows_what_it_can(page: FlaskClient, query: str) -> None:
    assert page.get(f"{PATH}?{query}").status_code == 200


def test_the_list_goes_on_under_the_same_filter(page: FlaskClient, logs: Logs) -> None:
    logs.entries["billing"] = [entry(number, answers.AT + timedelta(seconds=number)) for number in range(120)]
    text = page.get(f"{PATH}?service=billing").text
    link = text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert parse_qs(urlsplit(link).query)["service"] == ["billing"]
    assert page.get(link).text.count("record payment") == 50


def test_the_file_holds_the_whole_list(page: FlaskClient, logs: Logs) -> None:
    logs.entries["billing"] = [entry(number, answers.AT + timedelta(seconds=number)) for number in range(450)]
    lines = page.get("/settings/audit.csv?service=billing").text.strip().splitlines()
    assert len(lines) == 451
    assert "Asha Rao" in lines[1]


@pytest.mark.parametrize("role", [Role.CASHIER, Role.SUPPORT, Role.TECHNICIAN, Role.CUSTOMER])
def test_the_page_is_for_those_who_answer_for_others(
    web: FlaskClient, bus: ScriptedClient, role: Role
) -> None:
    bus.tell(CheckSession, answers.issued(answers.me(role)))
    submit(web, "/sign-in", GOOD)
    assert web.get(PATH).status_code == 403
    assert web.get("/settings/audit.csv").status_code == 403


@pytest.fixture
def desk(web: FlaskClient, bus: ScriptedClient) -> FlaskClient:
    masked = answers.customer().model_copy(update={"id_type": "Passport", "id_number": "••••4321"})
    bus.tell(GetCustomer, masked)
    bus.tell(ListBranches, BranchList(items=(answers.branch(),)))
    bus.tell(GetDues, answers.dues())
    bus.tell(ListSubscriptions, SubscriptionList(items=()))
    bus.tell(ListPayments, PaymentList(items=()))
    bus.tell(
        ShowIdNumber,
        IdNumberShown(customer_id=answers.CUSTOMER, id_type="Passport", id_number="X-99994321"),
    )
    submit(web, "/sign-in", GOOD)
    return web


def test_the_customers_page_shows_the_mask_and_a_button_shows_the_number(
    desk: FlaskClient, bus: ScriptedClient
) -> None:
    path = f"/customers/{answers.CUSTOMER}"
    page = desk.get(path)
    text = page.text
    assert "••••4321" in text and "X-99994321" not in text and bus.count(ShowIdNumber) == 0
    shown = desk.post(f"{path}/id-number", data={"csrf_token": csrf_of(page)})
    assert "X-99994321" in shown.text
    assert "no-store" in shown.headers["Cache-Control"]


def test_following_a_link_shows_no_number(desk: FlaskClient, bus: ScriptedClient) -> None:
    assert desk.get(f"/customers/{answers.CUSTOMER}/id-number").status_code == 405
    assert bus.count(ShowIdNumber) == 0


def test_the_api_shows_a_number_by_a_post(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(ShowIdNumber, IdNumberShown(customer_id=answers.CUSTOMER, id_type="", id_number="X-99994321"))
    path = f"/api/v1/customers/{answers.CUSTOMER}/id-number"
    assert api.post(path).get_json()["id_number"] == "X-99994321"
    assert api.get(path).status_code == 405
