"""Homes to import into, and the real sources; tests that lack a source are counted in one loud line."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from chassis.settings import Settings
from deploy.imports.databases import open_databases
from tests.integration.imports.homes import Home
from tests.integration.imports.sources import CTVMS, SHARED_DATA, TELCO

_MISSING = "real source missing: "


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedded home with its databases made, to be copied."""
    folder = tmp_path_factory.mktemp("empty") / "home"
    with open_databases(Settings(home=folder)):
        pass
    return folder


@pytest.fixture
def home(empty_home: Path, tmp_path: Path) -> Iterator[Home]:
    """An empty embedded home on 2026-11-21."""
    folder = shutil.copytree(empty_home, tmp_path / "home")
    with Home.opened(Settings(home=folder, today=date(2026, 11, 21), sample=False)) as made:
        yield made


@pytest.fixture
def home_of_2023(empty_home: Path, tmp_path: Path) -> Iterator[Home]:
    """An empty embedded home on 2023-05-02, the day of the CTVMS export."""
    folder = shutil.copytree(empty_home, tmp_path / "home")
    with Home.opened(Settings(home=folder, today=date(2023, 5, 2), sample=False)) as made:
        yield made


@pytest.fixture(scope="session")
def telco() -> Path:
    """The 7,043 telecom customers, where they lie."""
    return _there(TELCO)


@pytest.fixture(scope="session")
def ctvms() -> Path:
    """The folder of the ten CTVMS tables, where they lie."""
    return _there(CTVMS)


def _there(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"{_MISSING}{path}")
    return path


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line that nobody overlooks, where tests went without their source."""
    count = sum(_MISSING in str(report.longrepr) for report in terminalreporter.stats.get("skipped", []))
    if count:
        what = f"{count} test(s) skipped: {SHARED_DATA} lacks a real source; set HEADEND_SHARED_DATA to its folder."
        terminalreporter.write_line(what, red=True, bold=True)
