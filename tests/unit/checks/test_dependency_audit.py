"""The audit of dependencies never takes silence for health (security check 25)."""

import subprocess
import sys

import pytest

from tests.architecture.source_files import ROOT
from tests.dependency_audit import NOT_REACHED, Outcome, first_of, locked, read, verdict
from tests.stack.processes import clean_environment

KNOWN = {
    "dependencies": [
        {"name": "jinja2", "version": "2.4", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.4.1"]}]}
    ]
}
MIRROR = {
    "dependencies": [
        {"name": "flask", "skip_reason": "Dependency not found on PyPI and could not be audited"}
    ]
}
GOOD = {"dependencies": [{"name": "flask", "version": "3.1.3", "vulns": []}]}


def test_a_known_vulnerability_fails_and_names_the_version_that_mends_it() -> None:
    line, code = verdict(read(KNOWN), required=False)
    assert code == 1
    assert "jinja2 2.4: PYSEC-1, mended in 2.4.1" in line


@pytest.mark.parametrize("outcome", [None, read(MIRROR), Outcome(0)])
@pytest.mark.parametrize("required", [False, True])
def test_where_there_are_no_advisories_nothing_counts_as_audited(
    outcome: Outcome | None, required: bool
) -> None:
    assert verdict(outcome, required=required) == (NOT_REACHED, int(required))


def test_a_package_that_was_passed_over_is_named() -> None:
    both = read({"dependencies": GOOD["dependencies"] + MIRROR["dependencies"]})
    line, code = verdict(both, required=True)
    assert "not audited: flask" in line and code == 1


def test_what_was_audited_is_counted() -> None:
    assert verdict(read(GOOD), required=True) == ("pip-audit: no known vulnerability in 1 packages.", 0)


def test_every_locked_package_is_pinned_by_hash() -> None:
    packages = [line for line in locked().splitlines() if line and not line.startswith(" ")]
    assert len(packages) > 100
    assert [line for line in packages if "==" not in line or not line.endswith("\\")] == []
    assert first_of(locked()).startswith(packages[0]) and "--hash=sha256:" in first_of(locked())


@pytest.mark.parametrize(("how", "code"), [("", 0), ("required", 1)])
def test_without_a_network_the_check_says_that_nothing_was_audited(how: str, code: int) -> None:
    environment = clean_environment(audit=how) | {
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "",
        "no_proxy": "",
    }
    command = [sys.executable, "-m", "tests.dependency_audit"]
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.stdout.strip(), done.returncode) == (NOT_REACHED, code), done.stderr
