"""`headend doctor` says in words what is wrong, since when, and what to do; where nothing is, it says so."""

import shutil
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from chassis.clock import SystemClock
from chassis.settings import Mode, Settings
from deploy.command import main
from deploy.doctor import bus, machine, stores
from deploy.doctor.command import troubles
from deploy.doctor.trouble import Patient
from deploy.verify.databases import Databases
from tests.integration.verify.breaks import ONE_EVENT, ONE_MESSAGE, ONE_RECEIVED
from tests.integration.verify.conftest import Kept
from tests.ports import free_port
from tests.stack.builders import TODAY
from tests.stack.embedded import Embedded

pytestmark = pytest.mark.slow

LONG_AGO = "'2026-01-01 00:00:00+00:00'"

ILLS = [
    (stores.outboxes, "billing", f"UPDATE outbox SET sent_at = NULL, occurred_at = {LONG_AGO} WHERE event_id = ({ONE_EVENT})",
     "1 events wait to be sent by billing", "outbox-not-draining"),
    (stores.outboxes, "billing", f"UPDATE outbox SET sent_at = NULL, occurred_at = {LONG_AGO}, last_error = 'NO_ROUTE' WHERE event_id = ({ONE_EVENT})",
     "A queue is missing", "unroutable-events"),
    (stores.inboxes, "notify", f"UPDATE inbox SET state = 'pending', received_at = {LONG_AGO} WHERE event_id = ({ONE_RECEIVED})",
     "1 events wait for notify to react", "inbox-not-draining"),
    (stores.inboxes, "notify", f"UPDATE inbox SET state = 'parked', last_error = 'no such town' WHERE event_id = ({ONE_RECEIVED})",
     "1 events are parked in notify; one says: no such town", "parked-events"),
    (stores.messages, "notify", f"UPDATE messages SET state = 'failed', problem = 'no such address' WHERE id = ({ONE_MESSAGE})",
     "1 e-mails of the last seven days were given up; the newest: no such address", "mail-failed"),
    (stores.messages, "notify", f"UPDATE messages SET state = 'unknown', problem = 'cut off' WHERE id = ({ONE_MESSAGE})",
     "1 e-mails of the last seven days may or may not have arrived; the newest: cut off", "mail-unknown"),
    (stores.messages, "notify", f"UPDATE messages SET state = 'retry', next_attempt_at = {LONG_AGO} WHERE id = ({ONE_MESSAGE})",
     "E-mails are due and nobody sends them", "mail-failed"),
    (stores.jobs, "reports", f"UPDATE jobs SET state = 'running', lease_until = {LONG_AGO}", "stopped", "job-failed"),
    (stores.jobs, "billing", "UPDATE runs SET state = 'failed', problem = 'no more paper'", "run failed: no more paper", "job-failed"),
    (stores.clocks, "billing", f"UPDATE outbox SET sent_at = {LONG_AGO} WHERE event_id = ({ONE_EVENT})",
     "A machine that runs billing is", "clock-skew"),
    (stores.databases, "billing", "DROP TRIGGER payments_no_delete", "lacks the triggers payments_no_delete", "database-down"),
    (stores.databases, "notify", "UPDATE alembic_version SET version_num = '0001'", "is at migration", "database-down"),
]  # fmt: skip


def patient(settings: Settings, databases: Databases) -> Patient:
    return Patient(settings, databases, SystemClock().now())


@pytest.mark.parametrize(("check", "service", "statement", "sentence", "page"), ILLS)
def test_what_is_stuck_is_said_with_its_page(
    kept: Kept, check: Callable[[Patient], object], service: str, statement: str, sentence: str, page: str
) -> None:
    if statement.startswith("DROP") and not kept.databases.is_sqlite:
        statement += " ON payments"
    kept.spoil(service, statement)
    found = list(check(patient(kept.settings(), kept.databases)))  # type: ignore[call-overload]  # an iterator of troubles
    assert any(sentence in one.told() and one.page == page for one in found), [one.told() for one in found]


def test_a_good_month_has_nothing_wrong_in_its_databases(kept: Kept) -> None:
    looked = patient(kept.settings(), kept.databases)
    for check in (
        stores.databases,
        stores.outboxes,
        stores.inboxes,
        stores.messages,
        stores.jobs,
        stores.clocks,
    ):
        assert list(check(looked)) == []


def test_beside_a_running_headend_all_is_well(tmp_path: Path) -> None:
    with Embedded(tmp_path / "home", today=TODAY) as running:
        environment = {
            name: value for name, value in running.environment.items() if name.startswith("HEADEND_")
        }
        told = CliRunner(env=environment).invoke(main, ["doctor"])
    assert "All is well" in told.output, told.output
    assert told.exit_code == 0


def test_where_nothing_runs_each_thing_is_said_and_the_exit_code_is_1(tmp_path: Path) -> None:
    told = CliRunner(env={"HEADEND_HOME": str(tmp_path), "HEADEND_PORT": str(free_port())}).invoke(
        main, ["doctor"]
    )
    assert told.exit_code == 1
    assert "The database of billing cannot be read" in told.output
    assert "is not ready" in told.output
    assert "Traceback" not in told.output


def test_a_mail_server_that_is_away_and_an_old_backup_are_said(month: Path, tmp_path: Path) -> None:
    settings = Settings(home=month, smtp_host="127.0.0.1", smtp_port=free_port())
    looked = replace(patient(settings, Databases.of_home(month)), backups=tmp_path)
    assert [one.page for one in machine.mail_server(looked)] == ["mail-failed"]
    assert [one.page for one in machine.backups(looked)] == ["backup-old"]


def test_keys_that_others_can_read_or_nobody_has_are_said(month: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(month / "keys", home / "keys")
    (home / "keys" / "billing.key").chmod(0o644)
    (home / "keys" / "sealing.key").unlink()
    found = [one.what for one in machine.keys(patient(Settings(home=home), Databases.of_home(month)))]
    assert any("billing.key" in what and "other users" in what for what in found)
    assert any("sealing.key" in what and "cannot be read" in what for what in found)


def test_a_broker_that_is_away_is_said(month: Path) -> None:
    with socket.socket() as held:  # bound and not listening: every connection is refused
        held.bind(("127.0.0.1", 0))
        settings = Settings(mode=Mode.REAL, amqp_uri=f"amqp://nobody@127.0.0.1:{held.getsockname()[1]}/")
        (found,) = bus.broker(patient(settings, Databases.of_home(month)))
    assert found.page == "broker-down"


def test_queues_that_nobody_listens_to_are_said(month: Path, amqp_uri: str) -> None:
    settings = Settings(mode=Mode.REAL, amqp_uri=amqp_uri)
    found = list(bus.broker(patient(settings, Databases.of_home(month))))
    assert {one.page for one in found} == {"no-consumers"}
    assert "Nobody listens to the queue inbox-billing, which is not there" in [one.what for one in found]


def test_a_check_that_cannot_look_keeps_no_other_from_looking(month: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(month, home)
    (home / "notify.db").unlink()
    found = [one.what for one in troubles(patient(Settings(home=home), Databases.of_home(home)))]
    assert any("The database of notify cannot be read" in what for what in found)
    assert any("messages could not be looked at" in what for what in found)
