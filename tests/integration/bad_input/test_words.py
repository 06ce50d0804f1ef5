"""Names, mails, texts and bodies that must not get in, and odd ones that must get through unharmed."""

import io
import json
import uuid
from html import escape
from typing import Any

import pytest
from pypdf import PdfReader

from tests.stack.api import Api
from tests.stack.builders import add_plan, add_subscriber, bill, pay_all
from tests.stack.contents import refused, untouched
from tests.stack.embedded import Embedded
from tests.stack.processes import wait_until

pytestmark = pytest.mark.slow

MEGABYTE = 1_000_000

REFUSED_FIELDS = [
    ({"name": ""}, 422, "name"),
    ({"name": " \t "}, 422, "name"),
    ({"name": "x" * 201}, 422, "name"),
    ({"name": "x" * (MEGABYTE - 100)}, 422, "name"),
    ({"name": "Anna\nKowalska"}, 422, "name"),
    ({"name": "Anna\r\nBcc: everybody@example.com"}, 422, "name"),
    ({"name": "Anna\x00"}, 422, "name"),
    ({"name": "Anna\x1b[31m"}, 422, "name"),
    ({"name": "Anna\u2028Kowalska"}, 422, "name"),
    ({"name": "Anna\x85Kowalska"}, 422, "name"),
    ({"name": ["Anna"]}, 400, "name"),
    ({"email": "a@example.com, b@example.com"}, 422, "email"),
    ({"email": "a@example.com; b@example.com"}, 422, "email"),
    ({"email": "a@example.com b@example.com"}, 422, "email"),
    ({"email": "Anna <a@example.com>"}, 422, "email"),
    ({"email": "a@example.com\nBcc: b@example.com"}, 422, "email"),
    ({"email": "a@example.com\x00"}, 422, "email"),
    ({"email": "nobody"}, 422, "email"),
    ({"email": f"{'a' * 250}@example.com"}, 422, "email"),
    ({"mobile": "call me"}, 422, "mobile"),
    ({"mobile": "1" * 31}, 422, "mobile"),
    ({"crf": "../../etc/passwd"}, 422, "crf"),
    ({"crf": "1 2"}, 422, "crf"),
    ({"notes": "x" * 4001}, 422, "notes"),
    ({"notes": "a\x07b"}, 422, "notes"),
    ({"street": "a\nb"}, 422, "street"),
    ({"date_of_birth": "2026-11-03"}, 422, "date_of_birth"),
    ({"date_of_birth": "2026-02-30"}, 422, "date_of_birth"),
    ({"date_of_birth": "yesterday"}, 422, "date_of_birth"),
    ({"locale": "klingon"}, 422, "locale"),
    ({"branch_id": str(uuid.uuid4())}, 404, "branch_id"),
    ({"branch_id": "MAIN"}, 400, "branch_id"),
    ({"id": str(uuid.uuid4())}, 400, "id"),
    ({"status": "deactivated"}, 400, "status"),
]


@pytest.mark.parametrize(("fields", "status", "field"), REFUSED_FIELDS, ids=lambda value: repr(value)[:50])
def test_a_customers_field_that_makes_no_sense_is_refused_and_named(
    headend: Embedded, admin: Api, fields: dict[str, Any], status: int, field: str
) -> None:
    with untouched(headend):
        sentence = refused(
            admin.request("POST", "/customers", json={"name": "Anna", **fields}), status, field=field
        )
        assert "x" * 50 not in sentence


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"", b"null", b"[]", b'"text"', b'{"name": "Anna",}', b"{'name': 'Anna'}", b'{"name": NaN}',
        b'{"name": "\xff\xfe"}', b'{"name": "Anna", "name": "Ewa"}', b"[" * 200_000, b'{"a":' * 100_000, b"\x00" * 100,
    ],
    ids=lambda body: repr(body[:20]),
)  # fmt: skip
def test_a_body_that_is_no_json_object_is_refused(headend: Embedded, admin: Api, body: bytes) -> None:
    with untouched(headend):
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {admin.token}"}
        refused(admin.http.post("/customers", content=body, headers=headers), 400)


def test_a_body_above_a_megabyte_is_refused_before_it_is_read(headend: Embedded, admin: Api) -> None:
    with untouched(headend):
        refused(admin.request("POST", "/customers", json={"name": "x" * (MEGABYTE + 1)}), 413, "too_large")
        chunks = (
            json.dumps({"name": "x" * MEGABYTE})[n : n + 50_000].encode() for n in range(0, MEGABYTE, 50_000)
        )
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {admin.token}"}
        refused(admin.http.post("/customers", content=chunks, headers=headers), 413, "too_large")


def test_a_crf_number_is_given_once_whatever_its_case(headend: Embedded, admin: Api) -> None:
    admin.ok("POST", "/customers", json={"name": "Anna", "crf": "AB-1"})
    with untouched(headend):
        refused(
            admin.request("POST", "/customers", json={"name": "Ewa", "crf": "ab-1"}), 422, "crf_taken", "crf"
        )


def test_a_change_is_checked_like_the_first_entry(headend: Embedded, admin: Api) -> None:
    customer = add_subscriber(admin, add_plan(admin, code="CHANGED"))
    path = f"/customers/{customer.id}"
    with untouched(headend):
        for fields, status, field in REFUSED_FIELDS:
            if field not in ("crf", "branch_id"):
                refused(admin.request("PATCH", path, json=fields), status, field=field)
        refused(admin.request("PATCH", path, json={"crf": "9"}), 400, field="crf")


WRONG_STAFF: tuple[dict[str, Any], ...] = (
    {"email": "a@example.com, b@example.com"}, {"email": "a@example.com\nBcc: b@example.com"},
    {"username": "eve\nadmin"}, {"username": "ADMIN"}, {"username": "e" * 101}, {"role": "customer"},
    {"role": "service"}, {"role": "god"}, {"role": "cashier"}, {"name": "Eve\x00"}, {"password": "x"},
)  # fmt: skip
WRONG_BRANCHES: tuple[dict[str, Any], ...] = (
    {"code": "MAIN"}, {"code": "east"}, {"code": "E" * 9}, {"currency": "XXQ"}, {"currency": "rupees"},
    {"time_zone": "Mars/Olympus"}, {"time_zone": "../../etc/passwd"}, {"minimum_payment": "-1"},
    {"minimum_payment": "1.001"}, {"letterhead": ["a\nb"]}, {"letterhead": ["x"] * 7}, {"reminder_days": [0]},
    {"reminder_days": [29]}, {"grace_days": -1}, {"grace_days": 1.5}, {"invoicing": "in_advance"}, {"name": "x" * 201},
)  # fmt: skip


def test_staff_and_branches_are_checked_alike(headend: Embedded, admin: Api) -> None:
    staff: dict[str, Any] = {"username": "eve", "email": "eve@example.com", "role": "admin"}
    branch: dict[str, Any] = {"code": "EAST", "name": "East", "currency": "INR", "time_zone": "Asia/Kolkata"}
    with untouched(headend):
        for path, right, wrongs in (("/staff", staff, WRONG_STAFF), ("/branches", branch, WRONG_BRANCHES)):
            for wrong in wrongs:
                answer = admin.request("POST", path, json={**right, **wrong})
                refused(answer, answer.status_code)
                assert answer.status_code in (400, 422), (wrong, answer.text)


MARKUP = [
    "Fish & Chips <Ltd",
    "<b>Bold</b> & <i>",
    '"><svg/onload=alert(1)>',
    "{{7*7}} {% raw %}",
    "=1+1 %s &amp;",
]


@pytest.mark.parametrize("name", MARKUP)
def test_a_name_that_looks_like_markup_is_printed_and_mailed_as_it_is(
    headend: Embedded, admin: Api, name: str
) -> None:
    customer = add_subscriber(admin, add_plan(admin, code=f"P{abs(hash(name))}"), name)
    bill(admin)
    number = pay_all(admin, customer)["invoice_number"]
    answer = admin.request("GET", f"/invoices/{number}.pdf")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    paper = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert name in " ".join(paper.split())

    def mailed() -> bool:
        return any(mail.to == customer.email and number in mail.subject for mail in headend.mails())

    wait_until("the confirmation", mailed, 30)
    (mail,) = (mail for mail in headend.mails() if mail.to == customer.email and number in mail.subject)
    assert name in mail.text
    page = mail.message.get_body(("html",))
    assert page is not None
    html = page.get_content().replace("&#34;", '"').replace("&quot;", '"')
    assert escape(name, quote=False) in html
    assert name in " ".join((mail.pdf_text() or "").split())
