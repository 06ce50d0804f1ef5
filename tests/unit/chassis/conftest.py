"""A platform on SQLite with a clock that a test moves."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chassis.clock import FixedClock
from chassis.keys import KeyFolder
from chassis.platform import Platform
from chassis.rpc_client import RpcClient
from chassis.settings import Settings
from chassis.tables import ChassisBase


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 21, 12, 0, tzinfo=UTC))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def platform(settings: Settings, clock: FixedClock) -> Iterator[Platform]:
    """billing's plumbing: it both emits and listens."""
    KeyFolder(settings.keys_folder).make_missing(("customers", "billing", "notify"))
    client = RpcClient(settings.amqp_uri, name="test")
    made = Platform("billing", settings, client, clock=clock)
    ChassisBase.metadata.create_all(made.database.engine)
    yield made
    made.stop()
    client.close()
    made.database.close()
