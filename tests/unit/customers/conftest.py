"""An operator on a fresh SQLite database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from chassis.database import Database
from chassis.tables import ChassisBase
from customers import api_token_table, complaint_tables, hashing, signin_tables, two_step_tables
from customers.tables import Base
from tests.unit.customers.builders import Operator

# Imported so that their tables are made too.
TABLES = (signin_tables.Login, complaint_tables.Complaint, two_step_tables.TwoStep, api_token_table.ApiToken)


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    database = Database(f"sqlite:///{tmp_path / 'customers.db'}")
    for metadata in (Base.metadata, ChassisBase.metadata):
        metadata.create_all(database.engine)
    yield Operator(database)
    database.close()


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with its smallest parameters: dozens of sign-ins in a test should not take seconds."""
    monkeypatch.setattr(hashing, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
