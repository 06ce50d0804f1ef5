"""The gateway as a Flask application: REST API under /api/v1, pages beside it."""

from typing import NoReturn

from flask import Flask, request
from flask_openapi.models.info import Info
from flask_openapi.models.security_scheme import SecurityScheme
from flask_openapi.openapi import OpenAPI
from pydantic import ValidationError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from chassis.clock import Clock, SystemClock
from chassis.health import Health
from chassis.settings import Settings
from gateway import auth, csrf, docs, errors, headers, health, metrics, pages, tracing
from gateway.allowances import Allowances
from gateway.api import RESOURCES
from gateway.auth import SessionCache
from gateway.bulkhead import Bulkhead
from gateway.headers import is_secure
from gateway.json_body import ApiRequest, ExactJson
from gateway.pages import simulated
from gateway.rpc import Calls, Client
from gateway.secret_key import cookie_key
from gateway.validation import refusal_of

LARGEST_BODY = 1_000_000
"""Bytes of a request's body; more is 413."""


class DocumentNumber(BaseConverter):
    """A payment's or invoice's number in an address. Without dots, so that `.pdf` after it is not a part of it."""

    regex = "[A-Za-z0-9][A-Za-z0-9_-]{0,39}"


class Gateway(OpenAPI):
    """Flask with the OpenAPI document, exact JSON and our kind of request."""

    request_class = ApiRequest
    json_provider_class = ExactJson


def create_app(
    client: Client, settings: Settings, health_of_process: Health | None = None, clock: Clock | None = None
) -> Flask:
    """The application; all it knows of the services is the client. Raises WrongSetting."""
    app = Gateway(
        "gateway",
        info=Info(
            title="Headend",
            version="1",
            description="Cable TV and broadband operator: customers, dues, payments.",
        ),
        security_schemes={
            "session": SecurityScheme(
                type="http", scheme="bearer", description="Token of POST /sessions, or an API token"
            )
        },
        openapi_extensions={"openapi": "3.1.1"},
        validation_error_status=400,
        validation_error_model=errors.Problem,
        validation_error_callback=_refuse,
        doc_ui=False,
    )
    _configure(app, settings)
    equip(app, client, settings, health_of_process or Health(), clock or SystemClock(settings.today))
    tracing.install(app)
    metrics.install(app)
    headers.install(app, settings)
    errors.install(app)
    app.before_request(_refuse_large_body)
    app.before_request(auth.require_caller)
    csrf.install(app, settings)
    app.before_request(_read_json)
    for resource in RESOURCES:
        app.register_api(resource)
    pages.install(app)
    simulated.install(app, settings)
    for blueprint in (docs.pages, health.probes):
        app.register_blueprint(blueprint)
    return app


def equip(app: Flask, client: Client, settings: Settings, health_of_process: Health, clock: Clock) -> None:
    """What requests share: the way to the services, the time, and what this process knows of callers: nothing yet."""
    # Four fifths of the threads may wait for services; the rest keep answering /health/live (BUS, 6).
    app.extensions["headend.calls"] = Calls(client, Bulkhead(max(1, settings.gateway_threads * 4 // 5)))
    app.extensions["headend.health"] = health_of_process
    app.extensions["headend.sessions"] = SessionCache()
    app.extensions["headend.allowances"] = Allowances()
    app.extensions["headend.clock"] = clock


def _configure(app: Flask, settings: Settings) -> None:
    secure = is_secure(settings)
    app.url_map.converters["document"] = DocumentNumber
    app.url_map.strict_slashes = False
    app.config.update(
        SECRET_KEY=cookie_key(settings.keys_folder),
        TRUSTED_PROXIES=settings.trusted_proxies,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        SESSION_COOKIE_NAME="__Host-headend" if secure else "headend",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
    )
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign] # Flask's own way


def _refuse(error: ValidationError) -> NoReturn:
    """flask-openapi hands what this returns to abort(); the refusal is raised before that."""
    raise refusal_of(error)


def _refuse_large_body() -> None:
    if (request.content_length or 0) > LARGEST_BODY:
        raise RequestEntityTooLarge


def _read_json() -> None:
    """Malformed JSON is refused before anything else looks at the body."""
    if auth.is_api_request() and request.method in ("POST", "PATCH", "PUT", "DELETE"):
        request.get_json()
