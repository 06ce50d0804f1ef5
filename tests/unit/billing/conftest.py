"""A billing database for each test: migrated once, copied for each."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from billing.triggers import APPEND_ONLY
from chassis.database import Database
from chassis.migrations import migrate, migrations_of
from tests.unit.billing.builders import World


@pytest.fixture(scope="session")
def empty_billing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("billing") / "empty.db"
    database = Database(f"sqlite:///{path}")
    migrate(database, migrations_of("billing"), APPEND_ONLY)
    database.close()  # the last connection writes everything into the one file that is copied
    return path


@pytest.fixture
def world(empty_billing: Path, tmp_path: Path) -> Iterator[World]:
    path = tmp_path / "billing.db"
    shutil.copyfile(empty_billing, path)
    database = Database(f"sqlite:///{path}")
    # These tests end no process, so that nothing needs to reach the disk; it makes them several times faster.
    event.listen(database.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
    yield World(database)
    database.close()
