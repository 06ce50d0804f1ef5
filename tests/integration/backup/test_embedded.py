"""Backup and restore of an embedded Headend, as an operator types them."""

import json
import shutil
import threading
import uuid
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.command import main
from deploy.verify.databases import Databases
from deploy.verify.installation import verify
from deploy.verify.waiting import left_over
from tests.stack.api import Api
from tests.stack.builders import TODAY, add_plan, add_subscriber, bill, pay_all
from tests.stack.embedded import PASSWORD, Embedded
from tests.stack.kept_month import live_month
from tests.stack.processes import wait_until

pytestmark = pytest.mark.slow


def headend(home: Path, *arguments: str | Path, fails: bool = False) -> str:
    """Run the command for a home; its output, or, where it is to fail, what it says of it."""
    environment = {"HEADEND_HOME": str(home), "HEADEND_ADMIN_PASSWORD": PASSWORD}
    told = CliRunner(env=environment).invoke(main, [str(one) for one in arguments])
    assert (told.exit_code != 0) is fails, told.output + repr(told.exception)
    assert told.exception is None or isinstance(told.exception, SystemExit)
    return told.stderr if fails else told.output


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("month") / "home"
    live_month(home)
    return home


@pytest.fixture
def key(tmp_path: Path) -> Path:
    headend(tmp_path, "backup-key", tmp_path / "private.key")
    return tmp_path / "private.key"


def public(key: Path) -> str:
    return key.read_text().split("# public key: ")[1].split()[0]


def taken(home: Path, into: Path, *options: str) -> Path:
    headend(home, "backup", into, *options)
    (folder,) = into.iterdir()
    return folder


def test_an_encrypted_backup_brings_everything_back_keys_too(month: Path, key: Path, tmp_path: Path) -> None:
    folder = taken(month, tmp_path / "backups", "--encrypt-for", public(key))
    assert all(b"SQLite format" not in file.read_bytes()[:100] for file in folder.iterdir())
    empty = tmp_path / "empty"
    headend(empty, "restore", folder, "--key-file", key, "--nothing-since")
    assert verify(Databases.of_home(empty), settled=True).problems == []
    before, after = ((home / "keys" / "sealing.key").read_text() for home in (month, empty))
    assert before == after
    with Embedded(empty, today=TODAY) as back:
        api = back.admin()
        assert len(list(api.pages("/customers"))) == 6
        assert not back.mails()


def test_a_restored_headend_gives_no_number_twice_and_sends_no_mail_again(
    month: Path, tmp_path: Path
) -> None:
    later = tmp_path / "later"
    shutil.copytree(month, later)
    folder = taken(later, tmp_path / "backups", "--plain")
    with Embedded(later, today=TODAY) as headend_later:  # what is done now, the backup does not know
        api = headend_later.admin()
        person = next(one for one in api.pages("/customers") if one["name"] == "Customer 5")
        path = f"/customers/{person['id']}/payments"
        paid = api.ok("POST", path, key=str(uuid.uuid4()), json={"amount": "250.00", "mode": "cash"})
        wait_until("it is mailed", lambda: not left_over(Databases.of_home(later)), 60)
    assert paid["payment_number"] == "MAIN-2026-000006"

    told = headend(later, "restore", folder, "--replace", "--skip-numbers", "50")
    assert "50 numbers of each branch and series are skipped" in told
    findings = verify(Databases.of_home(later), settled=True)
    assert findings.problems == []
    assert ("invoice numbers skipped by restores", "50") in findings.figures
    mails = len(list((later / "mail").iterdir()))
    with Embedded(later, today=TODAY) as back:
        again = back.admin().ok(
            "POST", path, key=str(uuid.uuid4()), json={"amount": "250.00", "mode": "cash"}
        )
        assert again["payment_number"] == "MAIN-2026-000056"
        wait_until("it is mailed", lambda: not left_over(Databases.of_home(later)), 60)
        assert len(back.mails()) == mails + 1
    assert verify(Databases.of_home(later), settled=True).problems == []


def test_who_was_signed_in_signs_in_again(month: Path, tmp_path: Path) -> None:
    later = tmp_path / "later"
    shutil.copytree(month, later)
    with Embedded(later, today=TODAY) as running:
        api = running.admin()
        folder = taken(later, tmp_path / "backups", "--plain")
    headend(later, "restore", folder, "--replace", "--skip-numbers", "1")
    with Embedded(later, today=TODAY) as back:
        assert Api(back.address, api.token).request("GET", "/customers").status_code == 401
        Api(back.address).sign_in("admin", PASSWORD)


def test_a_backup_under_running_payments_holds_when_it_is_restored(tmp_path: Path) -> None:
    with Embedded(tmp_path / "home", today=TODAY, mail_per_minute="100000") as running:
        api = running.admin()
        plan = add_plan(api)
        people = [add_subscriber(api, plan, f"Customer {number}") for number in range(60)]
        bill(api)
        payer = threading.Thread(target=lambda: [pay_all(api, person) for person in people])
        payer.start()
        wait_until("some have paid", lambda: len(_numbers(running)) > 2, 60, pause=0.02)
        folder = taken(tmp_path / "home", tmp_path / "backups", "--plain")
        payer.join()
    manifest = json.loads((folder / "manifest.json").read_text())
    paid = max(one["last"] for one in manifest["last_numbers"])
    assert 0 < paid < 60, "the backup was not taken in the middle"
    empty = tmp_path / "empty"
    headend(empty, "restore", folder, "--skip-numbers", "100")
    databases = Databases.of_home(empty)
    assert verify(databases).problems == []
    assert databases.one("billing", "SELECT count(*) FROM payments") == paid
    with Embedded(empty, today=TODAY) as back:
        wait_until("everything has arrived", lambda: not left_over(databases), 60)
        assert not back.mails(), "what may have been sent since is held back"
    assert verify(databases, settled=True).problems == []


def _numbers(running: Embedded) -> list[str]:
    databases = Databases.of_home(running.home)
    return [str(number) for (number,) in databases.rows("billing", "SELECT number FROM payments")]


def test_what_is_not_empty_is_not_touched(month: Path, tmp_path: Path) -> None:
    folder = taken(month, tmp_path / "backups", "--plain")
    home = tmp_path / "home"
    shutil.copytree(month, home)
    assert "is not empty; nothing was touched" in headend(
        home, "restore", folder, "--nothing-since", fails=True
    )
    with Embedded(home, today=TODAY):
        told = headend(home, "restore", folder, "--nothing-since", "--replace", fails=True)
    assert "is in use; stop Headend first" in told


def test_a_restore_wants_to_know_what_became_of_the_time_since(month: Path, tmp_path: Path) -> None:
    folder = taken(month, tmp_path / "backups", "--plain")
    assert "Say what became of the time since" in headend(tmp_path / "empty", "restore", folder, fails=True)
    assert not (tmp_path / "empty" / "billing.db").exists()


def test_a_changed_file_a_missing_file_and_a_wrong_key_are_refused(
    month: Path, key: Path, tmp_path: Path
) -> None:
    folder, empty = taken(month, tmp_path / "backups", "--encrypt-for", public(key)), tmp_path / "empty"
    headend(tmp_path, "backup-key", tmp_path / "other.key")
    restore = ("restore", folder, "--nothing-since", "--key-file")
    assert "cannot be decrypted with this key" in headend(empty, *restore, tmp_path / "other.key", fails=True)
    assert "is encrypted; name the file" in headend(empty, "restore", folder, "--nothing-since", fails=True)
    stored = folder / "notify.db.age"
    whole = stored.read_bytes()
    stored.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert "its checksum differs" in headend(empty, *restore, key, fails=True)
    stored.unlink()
    assert "lacks its file notify.db.age" in headend(empty, *restore, key, fails=True)
    assert not (empty / "billing.db").exists()


def test_keys_never_lie_in_a_backup_that_anybody_can_read(month: Path, tmp_path: Path) -> None:
    folder = taken(month, tmp_path / "backups", "--plain")
    assert not [file.name for file in folder.iterdir() if "keys" in file.name]
    assert folder.stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in folder.iterdir())
