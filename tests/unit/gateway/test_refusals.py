"""How a request is refused: statuses of RULES, problem+json (RFC 9457), protecting headers (TRUST, 10 and 24)."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from chassis.logs import current_trace
from contracts import errors
from contracts.calls.customers import ListBranches
from contracts.errors import FieldError, Refusal
from tests.unit.gateway.conftest import ScriptedClient

STATUSES = [
    (errors.Invalid, 400), (errors.Unauthenticated, 401), (errors.Forbidden, 403), (errors.NotFound, 404),
    (errors.Conflict, 409), (errors.TooLarge, 413), (errors.RuleBroken, 422), (errors.Throttled, 429),
    (errors.Failed, 500), (errors.Unavailable, 503),
]  # fmt: skip


@pytest.mark.parametrize(("family", "status"), STATUSES)
def test_a_refusal_becomes_a_problem_of_its_status(
    api: FlaskClient, bus: ScriptedClient, family: type[Refusal], status: int
) -> None:
    refusal = family(
        "Say what to do.", errors=[FieldError(field="amount", code="too_much", message="Too much.")]
    )
    refusal.code = "some_fact"
    bus.tell(ListBranches, refusal)
    answer = api.get("/api/v1/branches")
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    problem = answer.get_json()
    assert problem.pop("trace") == answer.headers["X-Request-Id"]
    assert problem.pop("title")
    assert problem == {
        "type": "urn:headend:problem:some_fact",
        "status": status,
        "detail": "Say what to do.",
        "code": "some_fact",
        "errors": [{"field": "amount", "code": "too_much", "message": "Too much."}],
    }


def test_every_family_of_refusals_has_a_status() -> None:
    assert {family for family, _ in STATUSES} == set(Refusal.__subclasses__())


def test_throttled_says_when_to_come_back(api: FlaskClient, bus: ScriptedClient) -> None:
    refusal = errors.Throttled("Too many tries.")
    refusal.retry_after = 77
    bus.tell(ListBranches, refusal)
    assert api.get("/api/v1/branches").headers["Retry-After"] == "77"


def test_a_service_that_is_away_says_when_to_come_back(api: FlaskClient) -> None:
    answer = api.get("/api/v1/branches")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1


def test_an_error_of_ours_tells_nothing_but_its_trace(api: FlaskClient, bus: ScriptedClient) -> None:
    def fall_over(_: object) -> None:
        raise RuntimeError("secret connection string")

    bus.tell(ListBranches, fall_over)
    with capture_logs() as logs:
        answer = api.get("/api/v1/branches")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["request failed"]


def test_an_answer_that_is_not_understood_is_not_the_callers_fault(
    api: FlaskClient, bus: ScriptedClient
) -> None:
    def newer(_: object) -> object:
        return ListBranches.model_validate({"unknown": 1})

    bus.tell(ListBranches, newer)
    assert api.get("/api/v1/branches").status_code == 500


def test_unknown_addresses_of_the_api_are_problems(api: FlaskClient) -> None:
    answer = api.get("/api/v1/nothing")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.get_json()["code"] == "not_found"


def test_an_id_that_is_none_is_unknown(api: FlaskClient) -> None:
    assert api.get("/api/v1/customers/12").status_code == 404
    assert api.get("/api/v1/invoices/%00").status_code == 404


def test_another_method_is_405_with_those_that_are_taken(api: FlaskClient) -> None:
    answer = api.put("/api/v1/customers")
    assert (answer.status_code, answer.get_json()["code"]) == (405, "method_not_allowed")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].replace(" ", "").split(","))


def test_more_than_a_megabyte_is_413(api: FlaskClient, bus: ScriptedClient) -> None:
    answer = api.post("/api/v1/customers", json={"name": "x" * 1_000_000})
    assert (answer.status_code, answer.get_json()["code"]) == (413, "too_large")


def test_a_stream_of_more_than_a_megabyte_is_413(api: FlaskClient) -> None:
    answer = api.post(
        "/api/v1/customers", input_stream=BytesIO(b" " * 3_000_000), headers={"Transfer-Encoding": "chunked"}
    )
    assert (answer.status_code, answer.get_json()["code"]) == (413, "too_large")


def test_a_stream_is_read_to_its_end(web: FlaskClient) -> None:
    body = BytesIO(b'{"username": "asha", "password": "secret words"}')
    headers = {"Transfer-Encoding": "chunked", "Content-Type": "application/json"}
    assert web.post("/api/v1/sessions", input_stream=body, headers=headers).status_code == 201


def test_pages_are_refused_as_pages(web: FlaskClient) -> None:
    answer = web.get("/no-such-page")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert answer.headers["X-Request-Id"] in answer.text


REQUESTS = [
    ("GET", "/api/v1/me", 200), ("GET", "/api/v1/branches", 503), ("GET", "/api/v1/nothing", 404),
    ("PUT", "/api/v1/me", 405), ("POST", "/api/v1/plans", 400), ("GET", "/api/v1/openapi.json", 200),
    ("GET", "/api/v1/docs", 200), ("GET", "/sign-in", 200), ("GET", "/", 303), ("POST", "/sign-out", 303),
    ("GET", "/nothing", 404), ("GET", "/health/live", 200), ("GET", "/metrics", 200),
    ("GET", "/static/headend.css", 200),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "status"), REQUESTS)
def test_every_answer_carries_the_protecting_headers(
    api: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = api.open(path, method=method)
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Request-Id"]
    if not path.startswith("/static"):
        assert answer.headers["Cache-Control"] == "no-store"


def test_over_https_browsers_are_told_to_stay_there(make_app: Callable[..., Flask]) -> None:
    web = make_app(public_url="https://headend.example").test_client()
    assert "max-age" in web.get("/sign-in").headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in make_app().test_client().get("/sign-in").headers


def test_a_trace_that_is_given_goes_through_and_comes_back(api: FlaskClient, bus: ScriptedClient) -> None:
    seen = []

    def look(_: object) -> Refusal:
        seen.append(current_trace())
        return errors.NotFound("None.")

    bus.tell(ListBranches, look)
    answer = api.get("/api/v1/branches", headers={"X-Request-Id": "shop-4711.a"})
    assert seen == ["shop-4711.a"]
    assert answer.headers["X-Request-Id"] == "shop-4711.a"


@pytest.mark.parametrize(
    "forged", ["short", "x" * 65, 'a"} {"forged": 1', "ünïcode-trace", "with space here"]
)
def test_a_trace_that_could_forge_a_log_line_is_replaced(api: FlaskClient, forged: str) -> None:
    answer = api.get("/api/v1/me", headers={"X-Request-Id": forged})
    assert answer.headers["X-Request-Id"] != forged
    assert len(answer.headers["X-Request-Id"]) == 32


def test_logs_name_the_route_and_not_the_secret_in_the_path(web: FlaskClient) -> None:
    with capture_logs() as logs:
        web.get("/password/one-time-secret")
    assert any(entry.get("route") == "/password/<token>" for entry in logs)
    assert "one-time-secret" not in str(logs)
