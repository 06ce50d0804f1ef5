"""An operator on a fresh SQLite database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.database import Database
from chassis.tables import ChassisBase
from customers import signin_tables
from customers.tables import Base
from tests.unit.customers.builders import Operator

TABLES = signin_tables.Login.__tablename__  # imported so that its tables are made too


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    database = Database(f"sqlite:///{tmp_path / 'customers.db'}")
    for metadata in (Base.metadata, ChassisBase.metadata):
        metadata.create_all(database.engine)
    yield Operator(database)
    database.close()
