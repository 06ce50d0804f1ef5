"""Probes for supervisors: alive, ready, and figures. None of them waits for a service."""

from flask import Blueprint, Response, abort, current_app, jsonify, request

from chassis.health import Health
from gateway.metrics import told

probes = Blueprint("health", __name__)


@probes.get("/health/live")
def live() -> tuple[Response, int]:
    """Whether this process should go on living."""
    return _verdict(_health().live())


@probes.get("/health/ready")
def ready() -> tuple[Response, int]:
    """Whether requests should be sent here; 503 while the bus cannot be reached."""
    return _verdict(_health().ready())


@probes.get("/metrics")
def metrics() -> Response:
    """Figures of this process for Prometheus, which asks it directly: what came through a proxy is an outsider."""
    if current_app.config["TRUSTED_PROXIES"] and "X-Forwarded-For" in request.headers:
        abort(404)
    body, content_type = told()
    return Response(body, content_type=content_type)


def _health() -> Health:
    health = current_app.extensions["headend.health"]
    assert isinstance(health, Health)  # noqa: S101 - for the type checker; create_app puts it there
    return health


def _verdict(problems: dict[str, str]) -> tuple[Response, int]:
    # Only the names: this door is public, and what exactly fails stands in the log.
    status = "failing" if problems else "ok"
    return jsonify({"status": status, "problems": sorted(problems)}), 503 if problems else 200
