"""`headend keys` gives field keys a successor and says what is in use; `headend audit check` finds what was altered."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text, update

from chassis.audit_chain import AUDIT, chain_some
from chassis.clock import SystemClock
from chassis.database import Database
from chassis.keys import KeyFolder
from chassis.settings import Settings
from chassis.tables import ChassisBase
from contracts.topology import SERVICES
from customers.sealed import SEALED
from deploy.audit import audit
from deploy.keys import keys
from tests.integration.chassis.test_audit_chain import write


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Four databases with the plumbing's tables; customers' is given encrypted columns besides."""
    monkeypatch.setenv("HEADEND_HOME", str(tmp_path))
    settings = Settings(home=tmp_path)
    for service in SERVICES:
        database = Database(settings.database_url(service))
        ChassisBase.metadata.create_all(database.engine)
        database.close()
    return settings


def run(command: Any, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, list(arguments))
    return result.exit_code, result.output


def test_a_second_key_is_told_with_the_moment_from_which_it_encrypts(home: Settings) -> None:
    assert "fields-1.key: from the beginning" in run(keys)[1]
    assert "fields-2.key is made and encrypts from" in run(keys, "rotate")[1]
    assert sorted(path.name for path in home.keys_folder.glob("fields-*")) == ["fields-1.key", "fields-2.key"]


def test_a_key_that_encrypts_nothing_any_more_can_go(home: Settings) -> None:
    folder = KeyFolder(home.keys_folder)
    folder.make_missing(())
    database = Database(home.database_url("customers"))
    with database.transaction() as session:
        for sealed in SEALED:
            session.execute(
                text(f"CREATE TABLE {sealed.table.name} ({sealed.key.name} TEXT, {sealed.column} TEXT)")
            )
            session.execute(
                text(f"INSERT INTO {sealed.table.name} VALUES ('1', '2:x'), ('2', '2:y'), ('3', '')")
            )
    second = folder.add_field_key(SystemClock())
    (home.keys_folder / "fields-2.key").write_text(second.secret.hex())
    said = run(keys, "in-use")[1]
    assert "fields-1.key: 0 values; no longer used" in said
    assert f"fields-2.key: {2 * len(SEALED)} values; in use" in said
    database.close()


@pytest.fixture
def billing(home: Settings) -> Database:
    database = Database(home.database_url("billing"))
    write(database, 5)
    with database.transaction() as session:
        chain_some(session)
    return database


def test_a_whole_chain_is_told_with_its_head(billing: Database) -> None:
    code, said = run(audit, "check")
    head = next(line.split("head ")[1] for line in said.splitlines() if line.startswith("billing: 5 entries"))
    assert (code, run(audit, "check", "--head", head)[0]) == (0, 0)
    assert "notify: no entries yet" in said


def test_an_altered_row_is_named_and_the_command_fails(billing: Database) -> None:
    with billing.transaction() as session:
        session.execute(update(AUDIT).where(AUDIT.c.id == 2).values(subject="staff:9"))
    code, said = run(audit, "check")
    assert (code, "billing: Row 2 (number 2) is not as it was written." in said) == (1, True)


@pytest.mark.parametrize("head", ["billing", "nobody:1:" + "0" * 64, "billing:x:" + "0" * 64])
def test_a_head_that_is_none_is_explained(home: Settings, head: str) -> None:
    code, said = run(audit, "check", "--head", head)
    assert (code, "SERVICE:NUMBER:HASH" in said) == (2, True)
