"""Real Headend: every service in processes of its own on RabbitMQ and PostgreSQL, under a supervisor."""

import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType, TracebackType

import httpx

from tests.ports import free_port
from tests.stack.api import Api
from tests.stack.embedded import PASSWORD
from tests.stack.processes import HEADEND, Process, clean_environment, wait_until

SERVICES = ("customers", "billing", "notify", "reports")
NOTHING: Mapping[str, str] = MappingProxyType({})


class Real:
    """The whole stack. `replicas` and `gateways` say how many processes there are; dead ones are started anew.

    Every process of a service answers /health and /metrics at its port in `ops_ports`.
    """

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
        self.ops_ports: dict[str, int] = {}
        self.processes = [
            self._process(service, number) for service in SERVICES for number in range(replicas)
        ]
        ports = [self.port, *(free_port() for _ in range(gateways - 1))]
        self.addresses = [f"http://127.0.0.1:{port}" for port in ports]
        names = ["gateway", *(f"gateway-{number}" for number in range(1, gateways))]
        self.gateways = [
            Process(name, ["gateway"], self.environment | {"HEADEND_PORT": str(port)}, home / f"{name}.log")
            for name, port in zip(names, ports, strict=True)
        ]
        self.gateway = self.gateways[0]
        self._hand = threading.Lock()
        self._held: set[str] = set()
        """Names of processes that the supervisor leaves alone."""
        self._own: dict[str, str | None] = {}
        """What the environment said where it now names another version's code."""
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

    def running(self, code: Mapping[str, str]) -> "Real":
        """The same with environment variables that let every process run another version's code."""
        self._own = {name: self.environment.get(name) for name in code}
        self.environment.update(code)
        for process in (*self.processes, *self.gateways):
            process.environment.update(code)
            process.folder = Path(code["PWD"])
        return self

    def our_own(self, environment: Mapping[str, str]) -> dict[str, str]:
        """The environment without what lets a process run another version's code."""
        kept = {name: value for name, value in environment.items() if name not in self._own}
        return kept | {name: value for name, value in self._own.items() if value is not None}

    def upgrade(self, process: Process) -> int:
        """End a process of another version and start it with the code at hand; gives its exit code."""
        with self.away(process) as codes:
            process.environment, process.folder = self.our_own(process.environment), None
        return codes[0]

    def admin(self) -> Api:
        """The administrator, signed in."""
        return Api(self.address).sign_in("admin", PASSWORD)

    def named(self, service: str) -> list[Process]:
        """The processes of a service."""
        return [process for process in self.processes if process.name.startswith(service)]

    def replace(
        self, process: Process, besides: Mapping[str, str] = MappingProxyType({}), *, kill: bool = False
    ) -> int:
        """End a process and start it with these variables besides, until it is replaced again; gives its exit code."""
        with self.away(process, kill=kill) as codes:
            process.besides = dict(besides)
        return codes[0]

    @contextmanager
    def away(self, *processes: Process, kill: bool = False) -> Iterator[list[int]]:
        """Meanwhile these processes are ended; they are started again afterwards. Gives their exit codes."""
        names = {process.name for process in processes}
        with self._hand:
            self._held |= names
        try:
            if kill:
                for process in processes:
                    process.kill()
            yield [process.terminate(30.0) for process in processes]
        finally:
            for process in processes:
                process.start()
            self._held -= names

    @contextmanager
    def beside(self, service: str, besides: Mapping[str, str] = NOTHING) -> Iterator[Process]:
        """Meanwhile one more replica of a service runs, with these variables besides."""
        process = self._process(service, 1 + max(int(p.name.rpartition("-")[2]) for p in self.named(service)))
        process.besides = dict(besides)
        process.start()
        self.processes.append(process)
        try:
            yield process
        finally:
            with self._hand:
                self.processes.remove(process)
                self._held.add(process.name)
            try:
                process.terminate(30.0)
            finally:
                process.kill()

    def is_ready(self, process: Process) -> bool:
        """Whether a process of a service says that it is ready for work."""
        try:
            address = f"http://127.0.0.1:{self.ops_ports[process.name]}/health/ready"
            return process.running and httpx.get(address, timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def logs(self) -> str:
        """The end of every process's output, for a failure's message."""
        return "\n".join(f"== {p.name}\n{p.log()[-1500:]}" for p in (*self.processes, *self.gateways))

    def _process(self, service: str, number: int) -> Process:
        name = f"{service}-{number}"
        port = self.ops_ports[name] = free_port()
        environment = self.environment | {"HEADEND_OPS_PORT": str(port)}
        return Process(name, ["serve", service], environment, self.home / f"{name}.log")

    def _supervise(self) -> None:
        pause = threading.Event()
        while self._supervising.is_set():
            for process in [*self.processes, *self.gateways]:
                with self._hand:
                    watched = process.name not in self._held and self._supervising.is_set()
                    if watched and not process.running:
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
