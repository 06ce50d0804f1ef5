"""Toy houses on a real RabbitMQ and PostgreSQL, with a client that calls them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from chassis.actor_tokens import ActorSigner
from chassis.clock import SystemClock
from chassis.keys import KeyFolder
from chassis.rpc_client import RpcClient
from contracts.actor import Actor, Role
from contracts.topology import SERVICES
from tests.stack.processes import Process, clean_environment, wait_until


class House:
    """Toy processes on one bus and four databases."""

    def __init__(self, home: Path, databases: dict[str, str], amqp_uri: str) -> None:
        self.amqp_uri, self.databases, self._home = amqp_uri, databases, home
        self._settings = {
            "mode": "real", "home": str(home), "amqp_uri": amqp_uri, "repair_seconds": "1",
            **{f"{service}_database_url": url for service, url in databases.items()},
        }  # fmt: skip
        KeyFolder(home / "keys").make_missing(SERVICES)
        self.client = RpcClient(amqp_uri, name="test", seconds=5)
        signer = ActorSigner(KeyFolder(home / "keys"), "customers", SystemClock())
        self.token = signer.sign(Actor(subject="1", name="Test", role=Role.ADMIN, branch_ids=None))
        self.processes: list[Process] = []

    def start(self, *services: str, **settings: str) -> Process:
        """Start a process with these toys and wait until it has started."""
        number = len(self.processes)
        process = Process("toy", list(services), clean_environment(**self._settings, **settings),
                          self._home / f"toy-{number}.log", module="tests.integration.chassis.toy")  # fmt: skip
        self.processes.append(process)
        process.start()
        wait_until("the toy started", lambda: "started" in process.log(), 30)
        return process

    def count(self, service: str, statement: str) -> int:
        """A number from a service's database."""
        engine = create_engine(self.databases[service].replace("postgresql://", "postgresql+psycopg://"))
        try:
            with engine.connect() as connection:
                return int(connection.execute(text(statement)).scalar_one())
        finally:
            engine.dispose()

    def seen(self, service: str) -> int:
        """How many events the service has reacted to."""
        return self.count(service, "SELECT count(*) FROM idempotency_keys")

    def close(self) -> None:
        """End every process."""
        self.client.close()
        for process in self.processes:
            process.kill()


@pytest.fixture
def house(tmp_path: Path, service_databases: dict[str, str], amqp_uri: str) -> Iterator[House]:
    made = House(tmp_path, service_databases, amqp_uri)
    yield made
    made.close()
