"""How many requests, how they ended, how long they took; by route, never by path."""

import time

from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

REQUESTS = Counter("headend_http_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "headend_http_request_seconds",
    "Seconds until a request was answered",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def install(app: Flask) -> None:
    """Count every request."""

    @app.after_request
    def count(response: Response) -> Response:
        route, method = str(request.url_rule or "unknown"), request.method
        if method not in ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"):
            method = "other"
        REQUESTS.labels(method, route, response.status_code).inc()
        if "started" in g:
            SECONDS.labels(method, route).observe(time.perf_counter() - g.started)
        return response
