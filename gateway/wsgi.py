"""What gunicorn serves: `gunicorn --worker-class gthread gateway.wsgi:app`.

The application is made at the first request, so that its bus connections begin after the fork.
"""

from collections.abc import Iterable
from threading import Lock
from typing import Any

from chassis import logs
from chassis.clock import SystemClock
from chassis.collector import spare_collector
from chassis.health import Health
from chassis.rpc_client import RpcClient
from chassis.settings import load_settings
from gateway.app import create_app


class LazyApp:
    """The application, made when it is first needed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._app: Any = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        with self._lock:
            if self._app is None:
                self._app = _make()
        answer: Iterable[bytes] = self._app(environ, start_response)
        return answer


def _make() -> Any:
    settings = load_settings()
    logs.configure("gateway", settings.log_level)
    clock = SystemClock(settings.today)
    client = RpcClient(
        settings.amqp_uri, name="gateway", seconds=settings.call_seconds, declare=settings.bus_declare,
        clock=clock, follows_answers=True,
    )  # fmt: skip
    health = Health()
    health.add_ready("bus", lambda: None if client.connected() else "is away")
    made = create_app(client, settings, health, clock)
    spare_collector()
    return made


app = LazyApp()
