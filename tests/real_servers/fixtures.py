"""Fixtures that give a test its real servers, and one loud line that counts the tests that went without.

def test_x(service_databases: dict[str, str], amqp_uri: str) -> None: ...
"""

import os
from collections.abc import Iterator

import pytest

from tests.real_servers.servers import (
    HOW_TO_GET_THEM,
    PostgresServer,
    PrivatePostgres,
    PrivateRabbit,
    RabbitServer,
    ServerMissing,
    postgres_server,
    private_postgres,
    private_rabbitmq,
    rabbitmq_server,
)

SERVICES = ("customers", "billing", "notify", "reports")
_FIXTURES = frozenset(
    {
        "postgres", "service_databases", "postgres_url", "rabbitmq", "amqp_uri",
        "breakable_postgres", "breakable_rabbitmq",
    }
)  # fmt: skip
_REASON = "no server: "


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server, shared by the run; make databases of your own with `.databases(...)`."""
    try:
        with postgres_server() as server:
            yield server
    except ServerMissing as missing:
        _go_without(missing)


@pytest.fixture
def service_databases(postgres: PostgresServer) -> Iterator[dict[str, str]]:
    """An empty database for each of the four services: {service: URL}."""
    with postgres.databases(*SERVICES) as urls:
        yield urls


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """The URL of one empty database."""
    with postgres.databases("test") as urls:
        yield urls["test"]


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitServer]:
    """A RabbitMQ broker, shared by the run; make a vhost of your own with `.vhost()`."""
    try:
        with rabbitmq_server() as server:
            yield server
    except ServerMissing as missing:
        _go_without(missing)


@pytest.fixture
def amqp_uri(rabbitmq: RabbitServer) -> Iterator[str]:
    """The URI of an empty vhost that this test has for itself."""
    with rabbitmq.vhost() as uri:
        yield uri


@pytest.fixture(scope="session")
def _private_postgres() -> Iterator[PrivatePostgres]:
    try:
        with private_postgres() as server:
            yield server
    except ServerMissing as missing:
        _go_without(missing)


@pytest.fixture
def breakable_postgres(_private_postgres: PrivatePostgres) -> PrivatePostgres:
    """A PostgreSQL server that this test may stop, kill and start; runs when the test begins."""
    if not _private_postgres.running:
        _private_postgres.start()
    return _private_postgres


@pytest.fixture(scope="session")
def _private_rabbitmq() -> Iterator[PrivateRabbit]:
    try:
        with private_rabbitmq() as server:
            yield server
    except ServerMissing as missing:
        _go_without(missing)


@pytest.fixture
def breakable_rabbitmq(_private_rabbitmq: PrivateRabbit) -> PrivateRabbit:
    """A RabbitMQ broker that this test may stop, kill and start; runs when the test begins."""
    if not _private_rabbitmq.running:
        _private_rabbitmq.start()
    return _private_rabbitmq


def _go_without(missing: ServerMissing) -> None:
    """Skip, and be counted in the summary; where installing was asked for, going without is a failure."""
    if os.environ.get("HEADEND_TEST_INSTALL") == "1":
        raise missing
    pytest.skip(f"{_REASON}{missing}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a server, so that `-m "not real_servers"` leaves it out."""
    for item in items:
        if _FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.real_servers)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line that nobody overlooks, where tests went without their server."""
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(1 for report in skipped if _REASON in str(report.longrepr))
    if count:
        what = f"{count} test(s) skipped that need PostgreSQL or RabbitMQ. To run them: {HOW_TO_GET_THEM}."
        terminalreporter.write_line(what, red=True, bold=True)
