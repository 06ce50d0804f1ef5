"""What callers do not decide cannot be slipped into any body or form (TRUST, check 3)."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.rpc_client import RpcClient
from chassis.settings import Settings
from contracts.calls.customers import CheckSession
from gateway.app import create_app
from tests.unit.gateway.conftest import ScriptedClient
from tests.unit.gateway.test_attacks import forms
from tests.unit.gateway.test_customer_pages import admin, bus  # noqa: F401 - taken by tests
from tests.unit.gateway.test_pages import csrf_of

# ruff: noqa: F811 - fixtures that come from a neighbour are named again by each test that takes them

SLIPPED_IN = (
    "id", "tenant_id", "customer_id", "branch_id", "branch_ids", "role", "status", "state", "is_admin", "amount",
    "paid_at", "created_at", "version", "username", "password_hash", "must_change_password", "payment_number",
    "invoice_number", "voided", "expires_on", "billed_from", "currency", "open", "decided_by", "actor", "__proto__",
)  # fmt: skip
VALUES = st.sampled_from(
    ["admin", "00000000-0000-0000-0000-000000000001", 0, True, None, ["admin"], {"role": "admin"}]
)


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Any:
    app = create_app(RpcClient("memory://", name="document"), Settings(home=tmp_path_factory.mktemp("home")))
    return json.loads(app.test_client().get("/api/v1/openapi.json").data)


def bodies(document: Any) -> Iterator[tuple[str, str, Any]]:
    """Method, path and schema of every body."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if "requestBody" in operation:
                yield method.upper(), path, operation["requestBody"]["content"]["application/json"]["schema"]


def schemas_below(document: Any, schema: Any) -> Iterator[Any]:
    """Every object schema that a body is made of, itself first."""
    if isinstance(schema, list):
        for one in schema:
            yield from schemas_below(document, one)
    elif isinstance(schema, dict):
        if "$ref" in schema:
            yield from schemas_below(
                document, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            )
        if schema.get("type") == "object":
            yield schema
        for name, inner in schema.items():
            if name in ("anyOf", "allOf", "oneOf", "items", "prefixItems"):
                yield from schemas_below(document, inner)
        for inner in schema.get("properties", {}).values():
            yield from schemas_below(document, inner)


def test_every_object_in_every_body_refuses_what_it_does_not_know(document: Any) -> None:
    found = [
        (f"{method} {path}", schema)
        for method, path, body in bodies(document)
        for schema in schemas_below(document, body)
    ]
    assert len(found) > 40
    assert [
        (where, schema.get("title"))
        for where, schema in found
        if schema.get("additionalProperties") is not False
    ] == []


def filled(path: str) -> str:
    """The path with names in it that nothing has."""
    names = {
        "{number}": "MAIN-2026-000001",
        "{locale}": "en",
        "{template}": "welcome",
        "{provider}": "manual",
    }
    nothing = "00000000-0000-0000-0000-000000000007"
    return "/".join(nothing if part.endswith("_id}") else names.get(part, part) for part in path.split("/"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_a_field_that_is_not_the_callers_is_refused_and_nothing_is_asked(
    api: FlaskClient, bus: ScriptedClient, document: Any, data: st.DataObject
) -> None:
    method, path, body = data.draw(st.sampled_from(list(bodies(document))))
    known = next(schemas_below(document, body)).get("properties", {}).keys()
    field = data.draw(st.sampled_from([name for name in SLIPPED_IN if name not in known]))
    asked = len(bus.asked)
    answer = api.open(
        filled(path), method=method, json={field: data.draw(VALUES)}, headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == 400, (method, path, field, answer.text)
    assert field in [error["field"] for error in answer.get_json()["errors"]]
    assert {type(request).__name__ for request, _ in bus.asked[asked:]} <= {"CheckSession"}


def test_a_form_passes_on_no_field_that_it_does_not_show(
    app: Flask, admin: FlaskClient, bus: ScriptedClient
) -> None:
    token = csrf_of(admin.get("/password"))
    plausible = {
        "name": "Deepa", "reason": "as a test", "amount": "250.00", "mode": "cash", "key": "k", "version": "1",
        "note": "Rang", "message": "No picture", "kind": "other", "reference": "UPI-1", "counted": "1.00",
        "opening": "0", "username": "deepa", "email": "d@example.com", "code": "EAST", "currency": "INR",
    }  # fmt: skip
    differing, written = [], 0
    for path in forms(app):
        if path == "/sign-out":  # it has no field, and the others need the session
            continue
        asked, shown = [], set(re.findall(r'name="(\w+)"', admin.get(path).text))
        extra = {name: "admin" for name in SLIPPED_IN if name not in {*plausible, *shown}}
        for fields in (plausible, {**extra, **plausible}):
            before = len(bus.asked)
            admin.post(path, data={**fields, "csrf_token": token})
            asked.append([one for one, _ in bus.asked[before:] if not isinstance(one, CheckSession)])
        written += any(not request.method.startswith(("get_", "list_")) for request in asked[0])
        if asked[0] != asked[1]:
            differing.append(path)
    assert differing == []
    assert written > 10, "forms that were filled in well enough to be sent on"
