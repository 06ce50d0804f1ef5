"""Whether a process is alive and ready, and a small HTTP door for it where a process has no other."""

import json
import time
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from chassis.metrics import exposition

STUCK_AFTER = 120.0
"""Seconds after which a background loop that did not go round counts as stuck."""

Check = Callable[[], str | None]
"""Returns what is wrong, or None."""


class Health:
    """The checks of one process. Live: its loops go round. Ready: its database and bus answer."""

    def __init__(self) -> None:
        self._live: dict[str, Check] = {}
        self._ready: dict[str, Check] = {}

    def add_live(self, name: str, check: Check) -> None:
        """A check that, when failing, means that the process should be started anew."""
        self._live[name] = check

    def add_ready(self, name: str, check: Check) -> None:
        """A check that, when failing, means that no work should be sent here now."""
        self._ready[name] = check

    def live(self) -> dict[str, str]:
        """What keeps the process from being alive, by name; empty when all is well."""
        return _problems(self._live)

    def ready(self) -> dict[str, str]:
        """What keeps the process from being ready, by name; empty when all is well."""
        return {**self.live(), **_problems(self._ready)}


class GoesRound(Protocol):
    """A background loop, as a check sees it."""

    seen: float


def loop_check(loop: GoesRound) -> Check:
    """A liveness check of a loop by when it last went round (monotonic seconds)."""

    def check() -> str | None:
        silent = time.monotonic() - loop.seen
        return f"has not gone round for {silent:.0f} s" if silent > STUCK_AFTER else None

    return check


def wsgi_door(health: Health) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """A WSGI application with /health/live, /health/ready and /metrics."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            body, content_type = exposition()
            start_response("200 OK", [("Content-Type", content_type)])
            return [body]
        if path not in ("/health/live", "/health/ready"):
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"not found\n"]
        problems = health.live() if path.endswith("live") else health.ready()
        status = "503 Service Unavailable" if problems else "200 OK"
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps({"status": "failing" if problems else "ok", "problems": problems}).encode()]

    return application


def _problems(checks: dict[str, Check]) -> dict[str, str]:
    found = {}
    for name, check in checks.items():
        try:
            problem = check()
        except Exception as error:  # noqa: BLE001 - a check that cannot be made is a failing check
            problem = repr(error)
        if problem:
            found[name] = problem
    return found
