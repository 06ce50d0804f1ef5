"""Real Headend: every service in processes of its own on RabbitMQ and PostgreSQL, under a supervisor."""

import subprocess
import threading
from pathlib import Path
from types import TracebackType

import httpx

from tests.stack.api import Api
from tests.stack.embedded import PASSWORD
from tests.stack.processes import HEADEND, Process, clean_environment, free_port, wait_until

SERVICES = ("customers", "billing", "notify", "reports")


class Real:
    """The whole stack. `replicas` and `gateways` say how many processes there are; dead ones are started anew."""

    def __init__(self, home: Path, databases: dict[str, str], amqp_uri: str, *, replicas: int = 1,
                 gateways: int = 1, smtp_port: int | None = None, **settings: str) -> None:  # fmt: skip
        self.home, self.port = home, free_port()
        home.mkdir(parents=True, exist_ok=True)
        self.address = f"http://127.0.0.1:{self.port}"
        smtp = (
            {"smtp_host": "127.0.0.1", "smtp_port": str(smtp_port), "smtp_security": "plain"}
            if smtp_port
            else {}
        )
        self.environment = clean_environment(
            **{"mode": "real", "home": str(home), "port": str(self.port), "amqp_uri": amqp_uri, "schedule": "off",
               "admin_password": PASSWORD, "mail_per_minute": "100000", "repair_seconds": "5",
               **{f"{service}_database_url": url for service, url in databases.items()}, **smtp, **settings}
        )  # fmt: skip
        self.processes = [
            Process(
                f"{service}-{number}", ["serve", service], self.environment, home / f"{service}-{number}.log"
            )
            for service in SERVICES
            for number in range(replicas)
        ]
        ports = [self.port, *(free_port() for _ in range(gateways - 1))]
        self.addresses = [f"http://127.0.0.1:{port}" for port in ports]
        names = ["gateway", *(f"gateway-{number}" for number in range(1, gateways))]
        self.gateways = [
            Process(name, ["gateway"], self.environment | {"HEADEND_PORT": str(port)}, home / f"{name}.log")
            for name, port in zip(names, ports, strict=True)
        ]
        self.gateway = self.gateways[0]
        self._supervising = threading.Event()
        self._supervisor = threading.Thread(target=self._supervise, daemon=True)

    def __enter__(self) -> "Real":
        for command in ("keys", "migrate"):
            subprocess.run([*HEADEND, command], env=self.environment, check=True, capture_output=True)
        for process in (*self.processes, *self.gateways):
            process.start()
        self._supervising.set()
        self._supervisor.start()
        try:
            wait_until("the stack answers", self._answers, 90)
        except BaseException:
            print(self.logs())
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._supervising.clear()
        self._supervisor.join(10)
        for process in (*self.processes, *self.gateways):
            process.kill()

    def admin(self) -> Api:
        """The administrator, signed in."""
        return Api(self.address).sign_in("admin", PASSWORD)

    def named(self, service: str) -> list[Process]:
        """The processes of a service."""
        return [process for process in self.processes if process.name.startswith(service)]

    def logs(self) -> str:
        """The end of every process's output, for a failure's message."""
        return "\n".join(f"== {p.name}\n{p.log()[-1500:]}" for p in (*self.processes, *self.gateways))

    def _supervise(self) -> None:
        pause = threading.Event()
        while self._supervising.is_set():
            for process in (*self.processes, *self.gateways):
                if not process.running and self._supervising.is_set():
                    process.start()
            pause.wait(0.5)

    def _answers(self) -> bool:
        try:
            for address in self.addresses:
                if httpx.get(f"{address}/health/ready", timeout=2).status_code != 200:
                    return False
            admin = self.admin()
            paths = ("/plans", "/messages")
            return all(admin.request("GET", path).is_success for path in paths)
        except (httpx.HTTPError, AssertionError):
            return False
