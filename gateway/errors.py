"""From refusal to answer: the one table of statuses, problem+json for programs (RFC 9457), a page for browsers."""

from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, g, redirect, render_template, request, session, url_for
from flask_babel import gettext
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException

from chassis.logs import current_trace, logger
from contracts.errors import FieldError, Refusal, Unauthenticated
from gateway.auth import TwoStepMustBeSetUp, is_api_request, session_cache
from gateway.validation import refusal_of

log = logger(__name__)

STATUS_OF_KIND: dict[str, int] = {
    "invalid": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "too_large": 413,
    "rule_broken": 422,
    "throttled": 429,
    "unavailable": 503,
    "failed": 500,
}
"""RULES, answers of the API."""

RETRY_AFTER: dict[int, int] = {429: 30, 503: 2}
"""Seconds, where a refusal does not say them itself."""

# Pages say these in their language, by the code (gateway/pages/refusals.py; it knows this module, not the other way).
_SENTENCE_OF_STATUS: dict[int, tuple[str, str]] = {
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method."),
    413: ("too_large", "The request is larger than 1 MB; send less at once."),
}


class Problem(BaseModel):
    """Why a request was not carried out (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] = []
    trace: str
    """Name this when you ask for help; every log line of the request carries it."""


def install(app: Flask) -> None:
    """Answer every exception with a problem or an error page."""
    app.register_error_handler(Refusal, answer_refusal)
    app.register_error_handler(ValidationError, _answer_not_valid)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_unexpected)


def status_of(refusal: Refusal) -> int:
    """The HTTP status that a refusal is answered with."""
    return STATUS_OF_KIND.get(refusal.kind, 500)


def answer_refusal(refusal: Refusal) -> Response:
    """The answer to a request that was refused."""
    status = status_of(refusal)
    if isinstance(refusal, Unauthenticated):
        return _answer_signed_out(refusal)
    if isinstance(refusal, TwoStepMustBeSetUp) and not is_api_request():
        return current_app.make_response(redirect(url_for("two_step_pages.show"), code=303))
    response = _answer(status, refusal.code, refusal.message, refusal.errors)
    if status in RETRY_AFTER:
        response.headers["Retry-After"] = str(refusal.retry_after or RETRY_AFTER[status])
    return response


def _answer_not_valid(error: ValidationError) -> Response:
    return answer_refusal(refusal_of(error, str if is_api_request() else gettext))


def _answer_signed_out(refusal: Refusal) -> Response:
    caller = g.get("caller")
    if caller is not None:
        session_cache().forget(caller.session_token)
    if is_api_request():
        response = _answer(401, refusal.code, refusal.message, refusal.errors)
        response.headers["WWW-Authenticate"] = 'Bearer realm="headend"'
        return response
    session.pop("token", None)
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return current_app.make_response(
        redirect(url_for("account.sign_in", next=wanted if wanted != "/" else None), code=303)
    )


def _answer_http(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None or status < 400:
        return current_app.make_response(error.get_response())
    phrase = HTTPStatus(status).phrase
    code, detail = _SENTENCE_OF_STATUS.get(status, (phrase.lower().replace(" ", "_"), f"{phrase}."))
    response = _answer(status, code, detail, [])
    if "Allow" in (headers := dict(error.get_headers())):
        response.headers["Allow"] = headers["Allow"]
    return response


def _answer_unexpected(error: Exception) -> Response:
    log.error("request failed", route=str(request.url_rule), method=request.method, exc_info=error)
    return _answer(500, "internal_error", "Something went wrong here, and it was noted down.", [])


def _answer(status: int, code: str, detail: str, errors: list[FieldError]) -> Response:
    problem = Problem(
        type=f"urn:headend:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        errors=errors,
        trace=current_trace(),
    )
    if is_api_request() or request.path.startswith("/health"):
        return Response(problem.model_dump_json(), status, mimetype="application/problem+json")
    return Response(render_template("error.html", problem=problem, **_page_words(status)), status)


def _page_words(status: int) -> dict[str, Any]:
    headings = {
        400: gettext("That request could not be read"),
        403: gettext("That is not yours to do"),
        404: gettext("Nothing here"),
        413: gettext("That is too much at once"),
        429: gettext("Too many tries"),
        503: gettext("A part of Headend is away"),
    }
    return {"heading": headings.get(status, gettext("That did not work"))}
