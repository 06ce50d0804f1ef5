"""A billing database for each test, migrated once and copied; and Deepa, who owes two months."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event

from billing.triggers import APPEND_ONLY
from chassis.database import Database
from chassis.migrations import migrate, migrations_of
from contracts.actor import Actor, Role
from contracts.cards import BranchCard, CustomerCard, Service
from tests.unit.billing.builders import World, staff


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


@pytest.fixture
def branch(world: World) -> BranchCard:
    return world.branch()


@pytest.fixture
def deepa(world: World, branch: BranchCard) -> CustomerCard:
    """Owes cable TV (250) and broadband (600) for October and November 2026."""
    customer = world.customer(branch)
    world.on(2026, 10, 1)
    world.subscription(customer, world.plan(branch, Service.CABLE_TV, "250.00"), date(2026, 10, 1))
    world.subscription(customer, world.plan(branch, Service.BROADBAND, "600.00"), date(2026, 10, 1))
    world.bill("2026-10")
    world.on(2026, 11, 21).bill("2026-11")
    return customer


@pytest.fixture
def ravi(branch: BranchCard) -> Actor:
    """A cashier of the branch."""
    return staff(Role.CASHIER, branch).model_copy(update={"subject": "staff:ravi", "name": "Ravi"})


@pytest.fixture
def maya(branch: BranchCard) -> Actor:
    """Its manager."""
    return staff(Role.MANAGER, branch).model_copy(update={"subject": "staff:maya", "name": "Maya"})
