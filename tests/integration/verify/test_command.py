"""`headend verify` as an operator types it, beside a Headend that runs."""

import subprocess
from pathlib import Path

import pytest

from tests.stack.builders import TODAY, add_plan, add_subscriber, bill, pay_all
from tests.stack.embedded import Embedded
from tests.stack.processes import HEADEND, clean_environment

pytestmark = pytest.mark.slow


def test_verify_beside_a_running_headend_says_that_all_holds_and_what_is_on_its_way(tmp_path: Path) -> None:
    with Embedded(tmp_path / "home", today=TODAY) as headend:
        api = headend.admin()
        plan = add_plan(api)
        people = [add_subscriber(api, plan, f"Customer {number}") for number in range(3)]
        bill(api)
        for person in people:
            pay_all(api, person)
        told = _verify(headend.environment)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "Everything holds." in told.stdout
    assert "invoices (one per payment; lines = total = amount)" in told.stdout


def test_a_broken_row_ends_with_exit_code_1(month: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    environment = clean_environment(home=str(month))
    assert _verify(environment, "--settled").returncode == 0
    patient = _verify(environment, "--patience", "1")
    assert patient.returncode == 0, patient.stdout


def test_where_headend_was_never_started_a_sentence_says_so(tmp_path: Path) -> None:
    told = _verify(clean_environment(home=str(tmp_path)))
    assert told.returncode == 1
    assert "cannot be read" in told.stderr
    assert "Traceback" not in told.stderr


def _verify(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*HEADEND, "verify", *arguments], env=environment, capture_output=True, text=True, check=False
    )
