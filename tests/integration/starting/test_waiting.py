"""Servers that are away when Headend starts: it waits, says so in its log, and carries on when they come."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.real_servers.servers import PrivatePostgres, PrivateRabbit
from tests.stack.api import Api
from tests.stack.builders import TODAY
from tests.stack.embedded import PASSWORD
from tests.stack.mail import Sink
from tests.stack.processes import HEADEND, Process, wait_until
from tests.stack.real import SERVICES, Real

pytestmark = [pytest.mark.slow, pytest.mark.faults]


@pytest.fixture
def sink() -> Sink:
    """A mail server that is not there until a test enters it."""
    return Sink()


@pytest.fixture
def house(
    tmp_path: Path, breakable_postgres: PrivatePostgres, breakable_rabbitmq: PrivateRabbit, sink: Sink
) -> Iterator[Real]:
    """A stack in real mode with its keys and nothing else; nothing of it runs yet."""
    with breakable_postgres.databases(*SERVICES) as urls, breakable_rabbitmq.vhost() as amqp_uri:
        real = Real(tmp_path / "home", urls, amqp_uri, smtp_port=sink.port, today=TODAY)
        subprocess.run([*HEADEND, "keys"], env=real.environment, check=True, capture_output=True)
        try:
            yield real
        finally:
            for process in (*real.processes, *real.gateways):
                process.kill()
            for server in (breakable_postgres, breakable_rabbitmq):
                if not server.running:
                    server.start()


def migrated(house: Real) -> None:
    subprocess.run([*HEADEND, "migrate"], env=house.environment, check=True, capture_output=True)


def start(house: Real) -> None:
    for process in (*house.processes, *house.gateways):
        process.start()


def admin(house: Real) -> Api | None:
    """The administrator, once every service answers."""
    try:
        found = Api(house.address).sign_in("admin", PASSWORD)
        return (
            found if all(found.request("GET", path).is_success for path in ("/plans", "/messages")) else None
        )
    except (httpx.HTTPError, AssertionError):
        return None


def says(process: Process, words: str) -> None:
    """Wait until the process has said it, as lines of JSON without a stack trace."""
    wait_until(f"{process.name} says: {words}", lambda: words in process.log(), 90)
    for line in process.log().splitlines():
        if line.startswith("{") and words in line:
            assert "exception" not in json.loads(line)


def test_migrate_waits_for_a_database_that_is_away(house: Real, breakable_postgres: PrivatePostgres) -> None:
    breakable_postgres.stop()
    migrate = Process("migrate", ["migrate"], house.environment, house.home / "migrate.log")
    migrate.start()
    try:
        says(migrate, "waiting for the database of customers")
        breakable_postgres.start()
        assert migrate.wait(90) == 0
        assert "Traceback" not in migrate.log()
    finally:
        migrate.kill()


def test_services_wait_for_a_broker_that_is_away(house: Real, breakable_rabbitmq: PrivateRabbit) -> None:
    migrated(house)
    breakable_rabbitmq.stop()
    start(house)
    for process in house.processes:
        says(process, "waiting for the message bus")
    wait_until("the gateway lives", lambda: _status(house, "/health/live") == 200, 60)
    assert _status(house, "/health/ready") == 503
    body = {"username": "admin", "password": PASSWORD}
    answer = httpx.post(f"{house.address}/api/v1/sessions", json=body, timeout=30)
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
    assert answer.json()["detail"].endswith(".")
    breakable_rabbitmq.start()
    wait_until("every service answers", lambda: admin(house) is not None, 120)
    assert all(process.running for process in house.processes)


def test_services_wait_for_a_database_that_is_away(house: Real, breakable_postgres: PrivatePostgres) -> None:
    migrated(house)
    breakable_postgres.stop()
    start(house)
    for process in house.processes:
        says(process, f"waiting for the database of {process.name.partition('-')[0]}")
    breakable_postgres.start()
    wait_until("every service answers", lambda: admin(house) is not None, 120)
    assert all(process.running for process in house.processes)


def test_mail_waits_for_a_mail_server_that_is_away(house: Real, sink: Sink) -> None:
    migrated(house)
    start(house)
    wait_until("every service answers", lambda: admin(house) is not None, 120)
    api = admin(house)
    assert api is not None
    api.ok("POST", "/customers", json={"name": "Anna", "email": "anna@example.com"})
    (notify,) = house.named("notify")
    says(notify, "waiting")
    (message,) = api.ok("GET", "/messages")["items"]
    assert message["state"] in ("queued", "retry") and "mail server" in message["problem"]
    with sink:
        wait_until("the mail arrives", lambda: bool(sink.raw), 120)
        wait_until("it is marked", lambda: api.ok("GET", "/messages")["items"][0]["state"] == "sent", 30)
    assert [mail.to for mail in sink.mails()] == ["anna@example.com"]


def _status(house: Real, path: str) -> int:
    try:
        return httpx.get(f"{house.address}{path}", timeout=5).status_code
    except httpx.HTTPError:
        return 0
