"""The house under measurement: durable private servers, every service once, a large operator in its databases."""

import contextlib
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import LiteralString

from psycopg import sql

from contracts.topology import LISTENERS
from tests.bench.load import Client
from tests.bench.memory import Largest, watched
from tests.bench.population import TODAY, Person, add_branches_and_plans, populate
from tests.bench.rows import Connection, connect
from tests.real_servers.rabbitmq import RabbitServer
from tests.real_servers.servers import postgres_server, rabbitmq_server
from tests.stack.api import Api
from tests.stack.mail import Mail, Sink
from tests.stack.processes import wait_until
from tests.stack.real import SERVICES, Real

CUSTOMERS = 100_000
FLOOR = "floor"
"""The database beside the services' where psycopg writes the same rows alone; it has billing's form."""


def scale() -> float:
    """HEADEND_BENCH_SCALE: the part of everything that is measured; figures count only at 1."""
    return float(os.environ.get("HEADEND_BENCH_SCALE") or 1)


@dataclass
class House:
    """A running house with its databases, its mails, and who its customers are."""

    real: Real
    urls: dict[str, str]
    amqp_uri: str
    rabbit: RabbitServer
    sink: Sink
    api: Api
    connections: dict[str, Connection]
    people: list[Person] = field(default_factory=list)

    def clients(self, count: int) -> list[Client]:
        """So many connections of signed-in staff."""
        return [Client(self.real.address, self.api.token) for _ in range(count)]

    @property
    def address(self) -> str:
        """Where the gateway answers."""
        return self.real.address

    def mails(self) -> list[Mail]:
        """The newest mails: there are tens of thousands after some benches."""
        return [Mail(raw) for raw in self.sink.raw[-100:]]

    def watched(self) -> contextlib.AbstractContextManager[Largest]:
        """Watch the memory of every process of the house."""
        return watched([process.pid for process in (*self.real.processes, *self.real.gateways)])

    @contextlib.contextmanager
    def paused(self, *services: str) -> Iterator[None]:
        """These services stand still meanwhile, so that others have the processors for themselves; then they go on."""
        still = [process.pid for service in services for process in self.real.named(service)]
        for pid in still:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in still:
                os.kill(pid, signal.SIGCONT)

    def settle(self, seconds: float = 900.0) -> None:
        """Wait until no event, mail or run is under way, so that one bench does not slow the next."""
        wait_until("the house is quiet", self._is_quiet, seconds, pause=0.5)
        time.sleep(1.0)

    def _is_quiet(self) -> bool:
        looks = [
            *((service, "outbox WHERE sent_at IS NULL") for service in SERVICES),
            *((service, "inbox WHERE state = 'pending'") for service in SERVICES),
            ("notify", "messages WHERE next_attempt_at IS NOT NULL"),
            ("billing", "runs WHERE finished_at IS NULL OR statuses_pending"),
        ]
        # Events on the way lie in no inbox yet; reports takes most of what billing tells.
        return not any(self.count(*look) for look in looks) and self._told_to_reports() == self.count(
            "reports", "inbox WHERE producer = 'billing'"
        )

    def _told_to_reports(self) -> int:
        taken = [event.__name__ for event in LISTENERS["reports"]]
        found = self.connections["billing"].execute(
            "SELECT count(*) FROM outbox WHERE type = ANY(%s)", [taken]
        )
        return int((found.fetchone() or (0,))[0])

    def count(self, service: str, what: LiteralString) -> int:
        """How many rows there are of what stands behind FROM."""
        found = self.connections[service].execute(sql.SQL("SELECT count(*) FROM {}").format(sql.SQL(what)))
        return int((found.fetchone() or (0,))[0])


@contextlib.contextmanager
def open_house() -> Iterator[House]:
    """Start everything and fill it; all is gone afterwards. Raises ServerMissing."""
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="headend-bench-")))
        postgres = stack.enter_context(postgres_server(durable=True))
        rabbit = stack.enter_context(rabbitmq_server())
        urls = stack.enter_context(postgres.databases(*SERVICES, FLOOR))
        amqp_uri = stack.enter_context(rabbit.vhost())
        sink = stack.enter_context(Sink())
        services = {service: urls[service] for service in SERVICES}
        real = Real(home, services, amqp_uri, smtp_port=sink.port, today=TODAY, repair_seconds="30")
        stack.enter_context(real)
        connections = {service: stack.enter_context(connect(url)) for service, url in services.items()}
        house = House(real, urls, amqp_uri, rabbit, sink, real.admin(), connections)
        plans = add_branches_and_plans(house.api)
        wait_until("every service knows the branches", lambda: _know_branches(house, len(plans)))
        house.people = populate(connections, plans, max(1_000, int(CUSTOMERS * scale())))
        yield house


def _know_branches(house: House, count: int) -> bool:
    copies = (house.count(service, "branches_copy") for service in ("billing", "notify", "reports"))
    return all(known == count for known in copies)
