"""The API's description: valid OpenAPI 3.1, complete, and readable without the internet."""

import re

from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from gateway.auth import OPEN_ENDPOINTS

METHODS = {"GET", "POST", "PATCH", "PUT", "DELETE"}


def test_the_document_is_valid_openapi_31(web: FlaskClient) -> None:
    document = web.get("/api/v1/openapi.json").get_json()
    assert document["openapi"] == "3.1.1"
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_route_of_the_api_is_described(app: Flask, web: FlaskClient) -> None:
    paths = web.get("/api/v1/openapi.json").get_json()["paths"]
    described = {(method.upper(), path) for path, operations in paths.items() for method in operations}
    routes = {
        (method, re.sub(r"<(?:[^<:>]+:)?([^<>]+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.endpoint.startswith("docs.")
        for method in (rule.methods or set()) & METHODS
    }
    assert described == routes


def test_the_document_says_which_operations_need_a_session(app: Flask, web: FlaskClient) -> None:
    paths = web.get("/api/v1/openapi.json").get_json()["paths"]
    open_ones = {
        path
        for path, operations in paths.items()
        for found in operations.values()
        if not found.get("security")
    }
    assert open_ones == {
        rule.rule.replace("<", "{").replace(">", "}")
        for rule in app.url_map.iter_rules()
        if rule.endpoint in OPEN_ENDPOINTS
        and rule.rule.startswith("/api/v1/")
        and "docs" not in rule.endpoint
    }


def test_every_operation_says_what_it_does_and_how_it_refuses(web: FlaskClient) -> None:
    for path, operations in web.get("/api/v1/openapi.json").get_json()["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], f"{method} {path}"
            assert {"400", "401", "403", "404", "409", "422", "429", "503"} <= set(operation["responses"])
            assert any(status.startswith("2") for status in operation["responses"])


def test_a_payments_key_is_demanded_in_the_document(web: FlaskClient) -> None:
    paths = web.get("/api/v1/openapi.json").get_json()["paths"]
    headers = [
        (parameter["name"], parameter["required"])
        for parameter in paths["/api/v1/customers/{customer_id}/payments"]["post"]["parameters"]
        if parameter["in"] == "header"
    ]
    assert headers == [("Idempotency-Key", True)]


def test_swagger_ui_comes_from_here(web: FlaskClient) -> None:
    page = web.get("/api/v1/docs").text
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(sources) >= 4
    for source in sources:
        assert source.startswith("/")
        assert web.get(source).status_code == 200
