"""One trace id from the browser to the last e-mail: taken from X-Request-Id or made here, sent back, and logged."""

import re
import time
from collections.abc import Iterable
from typing import Any

from flask import Flask, Response, g, request

from chassis.logs import current_trace, logger, new_trace, tracing

HEADER = "X-Request-Id"
_ACCEPTED = re.compile(r"^[A-Za-z0-9._-]{8,64}$", re.ASCII)

log = logger(__name__)


class Traced:
    """A WSGI application around another: everything inside belongs to one trace."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        given = environ.get("HTTP_X_REQUEST_ID", "")
        # A foreign id that could forge a log line is replaced by one of ours.
        with tracing(given if _ACCEPTED.match(given) else new_trace()):
            answer: Iterable[bytes] = self._inner(environ, start_response)
            return answer


def install(app: Flask) -> None:
    """Send the trace back with every answer, and write one log line a request."""
    app.wsgi_app = Traced(app.wsgi_app)  # type: ignore[method-assign] # Flask's own way

    @app.before_request
    def start_watch() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers[HEADER] = current_trace()
        if request.endpoint not in ("health.live", "health.ready", "health.metrics", "static", "docs.static"):
            caller = g.get("caller")
            log.info(
                "request",
                method=request.method,
                # The rule and not the path: paths hold one-time tokens and people's ids.
                route=str(request.url_rule or "unknown"),
                status=response.status_code,
                milliseconds=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
                caller=caller.me.subject if caller else None,
            )
        return response
