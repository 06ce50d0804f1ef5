"""A migration may take as long as it needs; what a call may not take does not bind it."""

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from chassis.database import Database
from chassis.migrations import check, migrate
from chassis.settings import WrongSetting

ENVIRONMENT = """
from sqlalchemy import MetaData
from chassis.migrations import run_environment
run_environment(MetaData())
"""
SLOW_REVISION = """
from alembic import op
from chassis.tables import AuditRow
revision, down_revision = "0001", None
def upgrade():
    AuditRow.__table__.create(op.get_bind())
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


IN_ANOTHER_ORDER = """
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade():
    op.execute("ALTER TABLE made ADD COLUMN note TEXT")
    op.execute("ALTER TABLE audit ADD COLUMN note TEXT")
"""


def test_a_migration_that_a_deadlock_ended_is_begun_again(database: Database, folder: Path) -> None:
    migrate(database, folder)
    (folder / "versions" / "0002.py").write_text(IN_ANOTHER_ORDER)
    migrating = threading.Thread(target=migrate, args=(database, folder))
    with database.engine.connect() as at_work:
        at_work.execute(text("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0"))
        at_work.execute(text("DELETE FROM audit"))
        migrating.start()
        time.sleep(
            0.4
        )  # now it has the one table, waits for the other, and looks for a deadlock before we do
        at_work.execute(text("DELETE FROM made"))
        at_work.commit()
    migrating.join()
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT note FROM made JOIN audit USING (note)")).all() == []


NEWER = """
revision, down_revision = "0002", "0001"
{note}
def upgrade():
    pass
"""


@pytest.mark.parametrize(
    ("note", "serves"), [("", True), ('CONTRACTS = "the column that 0001 reads is gone"', False)]
)
def test_an_older_version_serves_a_newer_form_unless_something_was_taken_from_it(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, note: str, serves: bool
) -> None:
    versions = folder / "versions"
    (versions / "0001.py").write_text(SLOW_REVISION.replace('op.execute("SELECT pg_sleep(1.5)")', "pass"))
    older = tmp_path_factory.mktemp("older") / "migrations"
    shutil.copytree(folder, older)
    (versions / "0002.py").write_text(NEWER.format(note=note))
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('base') / 'made.db'}")
    migrate(database, folder)
    check(database, folder)
    if serves:
        check(database, older)
    else:
        with pytest.raises(WrongSetting, match="newer than this Headend can use"):
            check(database, older)
    database.close()


def test_an_older_form_is_still_to_be_migrated_first(folder: Path, tmp_path: Path) -> None:
    (folder / "versions" / "0001.py").write_text(
        SLOW_REVISION.replace('op.execute("SELECT pg_sleep(1.5)")', "pass")
    )
    database = Database(f"sqlite:///{tmp_path / 'made.db'}")
    migrate(database, folder)
    (folder / "versions" / "0002.py").write_text(NEWER.format(note=""))
    with pytest.raises(WrongSetting, match="run `headend migrate` first"):
        check(database, folder)
    database.close()
