"""A migration may take as long as it needs; what a call may not take does not bind it."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from chassis.database import Database
from chassis.migrations import migrate

ENVIRONMENT = """
from sqlalchemy import MetaData
from chassis.migrations import run_environment
run_environment(MetaData())
"""
SLOW_REVISION = """
from alembic import op
revision, down_revision = "0001", None
def upgrade():
    op.execute("SELECT pg_sleep(1.5)")
    op.execute("CREATE TABLE made (id INTEGER)")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text(ENVIRONMENT)
    (tmp_path / "versions" / "0001.py").write_text(SLOW_REVISION)
    return tmp_path


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    """A database whose connections give up sooner than ours, so that the test need not take minutes."""
    made = Database(postgres_url)

    @event.listens_for(made.engine, "connect")
    def be_impatient(connection: Any, _record: object) -> None:
        connection.cursor().execute("SET statement_timeout = 1000; SET lock_timeout = 500")
        connection.commit()

    yield made
    made.close()


def test_a_slow_migration_is_not_cut_off(database: Database, folder: Path) -> None:
    migrate(database, folder)
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM made")).scalar_one() == 0


def test_two_replicas_that_migrate_at_once_do_it_once(database: Database, folder: Path) -> None:
    first = threading.Thread(target=migrate, args=(database, folder))
    first.start()
    time.sleep(0.3)
    migrate(database, folder)
    first.join()
