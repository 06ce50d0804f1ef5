"""An import that is killed is finished by the same command; nothing of it is billed before."""

import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from deploy.imports import limits
from tests.integration.imports import tables
from tests.integration.imports.homes import Home

_KILLED = """
import os, signal, sys
from pathlib import Path
from datetime import date
from chassis.settings import Settings
from deploy.imports import limits, writing
from deploy.imports.customers_file import import_customers_file

home, file, mapping, where = sys.argv[1:]
limits.CHUNK = 10
def die(*_arguments, **_options):
    os.kill(os.getpid(), signal.SIGKILL)
def say(line):
    if where == "say" and line.startswith("20 of"):
        die()
if where != "say":
    setattr(writing, where, die)
import_customers_file(Settings(home=Path(home), today=date(2026, 11, 30)), Path(file), Path(mapping), say)
"""


def killed(home: Home, file: Path, mapping: Path, where: str) -> None:
    """Import in a process of its own that is killed: after the second chunk (say), or before that step."""
    arguments = [str(home.settings.home), str(file), str(mapping), where]
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, *arguments], check=False, capture_output=True, timeout=120
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CHUNK", 10)


@pytest.mark.parametrize(
    ("where", "customers"),
    [
        ("say", 20),  # between two chunks
        ("keep_customers", 10),  # between the two services
        ("open_import", 0),  # before the first chunk
        ("finish", 35),  # after the last chunk
    ],
)
def test_the_same_command_finishes_what_was_killed(
    home: Home, tmp_path: Path, where: str, customers: int
) -> None:
    file, mapping = tables.many(tmp_path, 35), tables.mapping(tmp_path)
    killed(home, file, mapping, where)
    assert home.value("customers", "SELECT count(*) FROM customers") == customers
    assert home.chargeable("2026-11") == 0
    outcome = home.bring(file, mapping)
    assert (outcome.added, outcome.kept) == (35 - customers, customers)
    assert home.is_complete()
    assert home.chargeable("2026-11") == 35
    assert home.value("billing", "SELECT count(*) FROM plans") == 1
    assert home.value("customers", "SELECT count(*) FROM outbox WHERE type = 'CustomerRegistered'") == 35
    assert home.value("billing", "SELECT count(*) FROM outbox WHERE type = 'SubscriptionChanged'") == 35


def test_a_killed_import_leaves_what_a_whole_one_leaves(home: Home, tmp_path: Path) -> None:
    file, mapping = tables.many(tmp_path, 25), tables.mapping(tmp_path)
    killed(home, file, mapping, "say")
    home.bring(file, mapping)
    query = "SELECT id, customer_id, plan_id, started_on, billed_from, status, expires_on FROM subscriptions"
    assert len(home.rows("billing", query)) == 25
    before = home.everything()
    assert home.bring(file, mapping).again
    assert home.everything() == before


def test_what_depends_on_the_business_month_does_not_move_when_it_ends(home: Home, tmp_path: Path) -> None:
    text = tables.MAPPING.replace("started_on: since", "started_on: {months_before: since}")
    file, mapping = tables.many(tmp_path, 25), tables.mapping(tmp_path, text)
    file.write_text(file.read_text().replace("2026-11-05", "3"))
    killed(home, file, mapping, "say")
    moved = home.settings.model_copy(update={"today": date(2026, 12, 1)})
    Home(moved, home.customers, home.billing).bring(file, mapping)
    assert home.rows("billing", "SELECT DISTINCT started_on FROM subscriptions") == [("2026-08-01",)]


def test_invitations_are_mailed_once_each(home: Home, tmp_path: Path) -> None:
    file, mapping = tables.table(tmp_path, {"crf": "1"}, {"crf": "2", "email": ""}), tables.mapping(tmp_path)
    assert home.bring(file, mapping).invited == 0
    assert home.value("customers", "SELECT count(*) FROM outbox WHERE type = 'PasswordLinkIssued'") == 0
    assert home.bring(file, mapping, invite=True).invited == 1
    assert home.bring(file, mapping, invite=True).invited == 0


def test_a_workbook_imports_like_the_csv_file(home: Home, tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("People")
    sheet.append(list(tables.COLUMNS))
    row = {**tables.GOOD, "crf": 7, "mobile": 9000000101.0, "since": date(2026, 11, 5), "price": 250.5}
    sheet.append([row[column] for column in tables.COLUMNS])
    book.save(tmp_path / "people.xlsx")
    home.bring(tmp_path / "people.xlsx", tables.mapping(tmp_path))
    assert home.rows("customers", "SELECT crf, mobile FROM customers") == [("7", "9000000101")]
    assert home.rows("billing", "SELECT started_on, price_minor FROM subscriptions") == [
        ("2026-11-05", 25050)
    ]


def test_closed_subscriptions_are_not_charged(home: Home, tmp_path: Path) -> None:
    file = tables.table(tmp_path, {"crf": "1", "state": "off"}, {"crf": "2"}, {"crf": "3", "plan": ""})
    outcome = home.bring(file, tables.mapping(tmp_path))
    assert (outcome.added, outcome.subscriptions) == (3, 2)
    assert home.chargeable("2026-11") == 1
    assert home.chargeable("2026-12") == 1
