"""What may be sent: malformed is 400, readable but not acceptable 422, each with a sentence; no float ever."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.calls.billing import RecordPayment
from contracts.calls.customers import AddCustomer, ChangeCustomer, ListCustomers
from gateway.json_body import ExactJson
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import ScriptedClient

PAY = f"/api/v1/customers/{answers.CUSTOMER}/payments"
KEY = {"Idempotency-Key": "k-1"}


@pytest.fixture(autouse=True)
def services(bus: ScriptedClient) -> None:
    bus.tell(RecordPayment, answers.payment())
    bus.tell(AddCustomer, answers.customer())
    bus.tell(ChangeCustomer, answers.customer())


def send(api: FlaskClient, raw: str | bytes, content_type: str = "application/json") -> Any:
    return api.post("/api/v1/customers", data=raw, content_type=content_type)


@pytest.mark.parametrize(
    "raw",
    [
        "{", "nonsense", '"text"', "[1]", "null", "1", '{"a": NaN}', '{"a": Infinity}', '{"name": "a", "name": "b"}',
        b'{"name": "\xff"}', '{"a": 1e5}', '{"a": 1' + "0" * 30 + "}", "[" * 100_000, '{"a":' * 50_000,
    ],
)  # fmt: skip
def test_what_is_no_json_object_is_400_with_a_sentence(
    api: FlaskClient, bus: ScriptedClient, raw: str | bytes
) -> None:
    answer = send(api, raw)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "not_json")
    assert answer.get_json()["detail"].endswith(".")
    assert bus.count(AddCustomer) == 0


def test_a_form_is_not_json(api: FlaskClient) -> None:
    answer = send(api, "name=x", "application/x-www-form-urlencoded")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "not_json")


def test_a_body_left_out_counts_as_an_empty_one(api: FlaskClient) -> None:
    answer = api.post("/api/v1/customers")
    assert answer.status_code == 400
    assert answer.get_json()["errors"] == [
        {"field": "name", "code": "required", "message": "This field is required."}
    ]


MALFORMED = [
    ({"name": 5}, "name", "not_text"),
    ({"name": 1.5}, "name", "not_text"),
    ({"name": None}, "name", "not_text"),
    ({"name": "A", "branch_id": "x"}, "branch_id", "not_an_id"),
    ({"name": "A", "role": "admin"}, "role", "unknown_field"),
    ({"name": "A", "id": str(answers.CUSTOMER)}, "id", "unknown_field"),
]


@pytest.mark.parametrize(("body", "field", "code"), MALFORMED)
def test_a_field_of_another_kind_is_400_and_named(
    api: FlaskClient, body: dict[str, Any], field: str, code: str
) -> None:
    answer = api.post("/api/v1/customers", json=body)
    assert answer.status_code == 400
    assert [(entry["field"], entry["code"]) for entry in answer.get_json()["errors"]] == [(field, code)]


UNACCEPTABLE = [
    {"name": ""}, {"name": "   "}, {"name": "x" * 201}, {"name": "a\nb"}, {"name": "a\r\nBcc: x@y.z"},
    {"name": "a\x00b"}, {"name": "a\x1b[31mb"}, {"name": "a\u2028b"},
    {"name": "A", "email": "a@x.com, b@y.com"}, {"name": "A", "email": "a@x.com\nBcc: b@y.com"},
    {"name": "A", "email": "nobody"}, {"name": "A", "mobile": "call me"}, {"name": "A", "crf": "a b"},
    {"name": "A", "date_of_birth": "2026-02-30"}, {"name": "A", "date_of_birth": 5},
]  # fmt: skip


@pytest.mark.parametrize("body", UNACCEPTABLE, ids=repr)
def test_a_value_that_is_not_acceptable_is_422_and_named(
    api: FlaskClient, bus: ScriptedClient, body: dict[str, Any]
) -> None:
    answer = api.post("/api/v1/customers", json=body)
    assert answer.status_code == 422
    (error,) = answer.get_json()["errors"]
    assert error["field"] == list(body)[-1]
    assert error["message"].endswith((".", ".)."))
    assert bus.count(AddCustomer) == 0


def test_broken_characters_are_refused(api: FlaskClient) -> None:
    assert send(api, '{"name": "a\\ud800b"}').status_code in (400, 422)


@pytest.mark.parametrize("body", [*UNACCEPTABLE, *(body for body, _, _ in MALFORMED)], ids=repr)
def test_sentences_have_no_jargon_and_no_addresses(api: FlaskClient, body: dict[str, Any]) -> None:
    text = api.post("/api/v1/customers", json=body).text.lower()
    for word in ("pydantic", "http", "value error", "valueerror", "input should", "traceback", "none"):
        assert word not in text


def test_a_refused_value_is_not_sent_back(api: FlaskClient) -> None:
    assert "x" * 100 not in api.post("/api/v1/customers", json={"name": "x" * 500}).text


def test_names_that_look_like_markup_pass(api: FlaskClient, bus: ScriptedClient) -> None:
    answer = api.post("/api/v1/customers", json={"name": "Fish & Chips <Ltd"})
    assert answer.status_code == 201
    assert answer.get_json()["name"] == "Fish & Chips <Ltd"
    assert bus.last(AddCustomer).name == "Fish & Chips <Ltd"


AMOUNTS = [('"250.00"', "250.00"), ("250", "250"), ("250.5", "250.5"), ("250.50", "250.50"), ("-1", "-1"),
           ('"abc"', "abc"), ("0.10", "0.10"), ("123456789012345.67", "123456789012345.67")]  # fmt: skip


@pytest.mark.parametrize(("raw", "asked"), AMOUNTS)
def test_an_amount_is_taken_by_its_very_digits(
    api: FlaskClient, bus: ScriptedClient, raw: str, asked: str
) -> None:
    answer = api.post(
        PAY, data=f'{{"amount": {raw}, "mode": "cash"}}', content_type="application/json", headers=KEY
    )
    assert answer.status_code == 201
    assert bus.last(RecordPayment).amount == asked


@given(whole=st.integers(0, 10**15 - 1), fraction=st.integers(0, 99))
def test_no_digit_of_an_amount_is_ever_lost(whole: int, fraction: int) -> None:
    text = f"{whole}.{fraction:02d}"
    read = ExactJson(Flask("t")).loads(f'{{"amount": {text}}}')["amount"]
    assert str(read) == text


@pytest.mark.parametrize("raw", ["true", "null", "[1]", "{}"])
def test_an_amount_is_text_or_a_number(api: FlaskClient, raw: str) -> None:
    answer = api.post(
        PAY, data=f'{{"amount": {raw}, "mode": "cash"}}', content_type="application/json", headers=KEY
    )
    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["field"] == "amount"


@pytest.mark.parametrize("header", [{}, {"Idempotency-Key": ""}])
def test_a_payment_without_a_key_is_400(
    api: FlaskClient, bus: ScriptedClient, header: dict[str, str]
) -> None:
    answer = api.post(PAY, json={"amount": "1", "mode": "cash"}, headers=header)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.get_json()["detail"]
    assert bus.count(RecordPayment) == 0


@pytest.mark.parametrize("key", ["x" * 256, "a b", "schlüssel"])
def test_a_key_that_is_none_is_400(api: FlaskClient, key: str) -> None:
    answer = api.post(PAY, json={"amount": "1", "mode": "cash"}, headers={"Idempotency-Key": key})
    assert answer.status_code == 400


@pytest.mark.parametrize("mode", ["opening", "cheque", ""])
def test_only_cash_and_online_are_offered(api: FlaskClient, mode: str) -> None:
    answer = api.post(PAY, json={"amount": "1", "mode": mode}, headers=KEY)
    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["message"] == "Must be one of: cash, online."


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "searhc=a",
        "branch_id=x",
        "status=gone",
        "search=%00",
        "search=a%0ab",
    ],
)
def test_a_query_that_makes_no_sense_is_refused_and_named(api: FlaskClient, query: str) -> None:
    answer = api.get(f"/api/v1/customers?{query}")
    assert answer.status_code in (400, 422)
    assert answer.get_json()["errors"][0]["field"] == query.partition("=")[0]


def test_an_empty_parameter_counts_as_not_given(api: FlaskClient, bus: ScriptedClient) -> None:
    api.get("/api/v1/customers?branch_id=&search=&limit=")
    assert bus.last(ListCustomers) == ListCustomers()


def test_a_change_asks_for_exactly_the_fields_that_were_given(api: FlaskClient, bus: ScriptedClient) -> None:
    api.patch(f"/api/v1/customers/{answers.CUSTOMER}", json={"mobile": None, "area": ""})
    assert bus.last(ChangeCustomer).model_dump(exclude_unset=True) == {
        "customer_id": answers.CUSTOMER, "mobile": None, "area": "",
    }  # fmt: skip


def test_a_refusal_is_no_larger_than_what_it_refuses(web: FlaskClient) -> None:
    for body in ({str(number): 1 for number in range(5_000)}, {"x" * 100_000: 1}):
        answer = web.post("/api/v1/sessions", json=body)
        assert answer.status_code == 400 and len(answer.data) < 20_000
    many = web.post("/api/v1/sessions", json={str(number): 1 for number in range(5_000)}).get_json()
    assert len(many["errors"]) == 50 and "4999 more" in many["detail"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(st.sampled_from(["username", "password", "x"]), JSON))
def test_whatever_json_is_sent_is_never_an_error_of_ours(web: FlaskClient, body: dict[str, Any]) -> None:
    answer = web.post("/api/v1/sessions", data=json.dumps(body), content_type="application/json")
    assert answer.status_code in (201, 400, 422)
