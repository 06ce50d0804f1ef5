"""Headend with two replicas of each service and two gateways, as an operator runs it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.builders import TODAY
from tests.stack.real import Real


@pytest.fixture
def real(tmp_path: Path, service_databases: dict[str, str], amqp_uri: str) -> Iterator[Real]:
    """The stack, with nobody but the administrator in it."""
    with Real(tmp_path / "home", service_databases, amqp_uri, replicas=2, gateways=2, today=TODAY) as running:
        yield running
