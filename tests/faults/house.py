"""A house to break things in: the stack on servers of its own, a mail server with whims, people who keep it busy."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from deploy.verify.databases import Databases
from deploy.verify.waiting import left_over
from tests.faults.load import Load, WatchedApi, prepare_customers
from tests.faults.post_office import PostOffice
from tests.real_servers.servers import PrivatePostgres, PrivateRabbit
from tests.stack.api import Api
from tests.stack.builders import TODAY
from tests.stack.embedded import PASSWORD
from tests.stack.processes import Process, wait_until
from tests.stack.real import Real

READY_SECONDS = 90.0
Prepare = Callable[[Api, Mapping[str, str]], list[str]]
"""Fills a new house through its API and the URLs of its databases; gives the customers who pay."""


@dataclass(frozen=True)
class Servers:
    """The servers of one house, and its place on them."""

    postgres: PrivatePostgres
    rabbit: PrivateRabbit
    urls: Mapping[str, str]
    amqp_uri: str


@dataclass
class House:
    """A running stack and all that may be seen of it from outside."""

    real: Real
    servers: Servers
    post_office: PostOffice
    databases: Databases
    api: WatchedApi
    load: Load
    checked_invoices: set[str] = field(default_factory=set)
    checked_mails: int = 0
    """What earlier inspections have read already."""
    given_up: set[str] = field(default_factory=set)
    """Recipients whose mails a story has let fail for good."""
    set_aside: int = 0
    """Deliveries that are no events, which stories have sent: the broker keeps so many for people."""

    def process(self, service: str) -> Process:
        """The first process of a service."""
        return self.real.named(service)[0]

    def mark(self, point: str) -> Path:
        """The file that says that a process died at a kill point."""
        return self.real.home / f"killed-at-{point}"

    def arm(self, process: Process, point: str, about: str = "") -> None:
        """Start a process anew so that it dies when it reaches the point."""
        self.mark(point).unlink(missing_ok=True)
        self.real.replace(process, {"HEADEND_FAULT": f"{point}:{about}" if about else point})

    def disarm(self) -> None:
        """Whoever starts from now on starts as usual."""
        for process in self.real.processes:
            process.besides = {}

    def cut_connections(self, service: str) -> None:
        """End every connection to a service's database, in the middle of whatever it does."""
        database = self.servers.urls[service].rpartition("/")[2]
        self.servers.postgres.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
        )

    def ready(self) -> bool:
        """Whether every process is ready, and a request goes all the way."""
        if not all(map(self.real.is_ready, self.real.processes)):
            return False
        try:
            gateways = [httpx.get(f"{address}/health/ready", timeout=10) for address in self.real.addresses]
            return (
                all(one.status_code == 200 for one in gateways)
                and self.api.request("GET", "/plans").is_success
            )
        except httpx.HTTPError:
            return False

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        """Raises AssertionError, with the end of what those who are missing printed, when it is not ready in time."""
        try:
            wait_until("every process is ready", self.ready, seconds, pause=0.3)
        except AssertionError as error:
            missing = [one for one in self.real.processes if not self.real.is_ready(one)]
            said = "; ".join(f"{one.name} (running: {one.running}): {one.log()[-400:]}" for one in missing)
            raise AssertionError(f"{error}; not ready: {said or 'the gateway'}") from None

    def left_over(self) -> dict[str, int]:
        """What is still under way, runs among it: they emit events until they end."""
        open_runs = "SELECT count(*) FROM runs WHERE finished_at IS NULL OR statuses_pending"
        runs = int(self.databases.one("billing", open_runs))
        return left_over(self.databases) | ({"runs": runs} if runs else {})

    def waiting_in_queues(self) -> dict[str, int]:
        """Messages in the broker's queues, by queue; those that hold none are left out."""
        lengths = self.servers.rabbit.queue_lengths(self.servers.amqp_uri)
        return {queue: count for queue, count in lengths.items() if count}

    def consumers(self) -> dict[str, int]:
        """How many consumers each lasting queue has."""
        return self.servers.rabbit.consumers(self.servers.amqp_uri)


@contextmanager
def open_house(
    home: Path,
    servers: Servers,
    seed: int,
    prepare: Prepare = lambda api, _: prepare_customers(api),
    code: Mapping[str, str] | None = None,
    **settings: Any,
) -> Iterator[House]:
    """Start the stack with people in it who owe (`prepare`: their ids); everything ends with the block.

    `code`: the variables of another version's code, which every process then runs.
    """
    with ExitStack() as stack:
        office = stack.enter_context(PostOffice())
        given = {"today": TODAY, "log_level": "INFO", **settings}
        real = Real(home, dict(servers.urls), servers.amqp_uri, smtp_port=office.port, **given)
        stack.enter_context(real.running(code) if code else real)
        api = WatchedApi(real.addresses).sign_in("admin", PASSWORD)
        load = Load(api, prepare(api, servers.urls), seed)
        yield House(real, servers, office, Databases(servers.urls), api, load)
