"""What `make` says on a machine that lacks something: one clear sentence each."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "deploy" / "make_virtualenv.sh"


def run_with(tmp_path: Path, python3: str | None) -> subprocess.CompletedProcess[str]:
    """Run the script where python3 is the given shell script and no other Python is on the path."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for program in ("sh", "echo", "rm"):
        (programs / program).symlink_to(f"/bin/{program}")
    if python3 is not None:
        (programs / "python3").write_text(f"#!/bin/sh\n{python3}\n")
        (programs / "python3").chmod(0o755)
    environment = {"PATH": str(programs), "HOME": str(tmp_path)}
    return subprocess.run(
        ["/bin/sh", str(SCRIPT), "0.0"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("version", ["3.9.18", "3.10.13", "3.14.0"])
def test_a_python_that_does_not_fit_is_named(tmp_path: Path, version: str) -> None:
    done = run_with(tmp_path, f'if [ "$1" = --version ]; then echo "Python {version}"; else exit 1; fi')
    assert done.returncode == 1
    assert f"Headend needs Python 3.11, 3.12 or 3.13; python3 here is Python {version}" in done.stderr


def test_a_missing_python_is_named_with_the_way_to_get_it(tmp_path: Path) -> None:
    done = run_with(tmp_path, None)
    assert done.returncode == 1
    assert (
        "there is no python3 here. On Debian or Ubuntu: apt-get install python3 python3-venv" in done.stderr
    )


def test_a_missing_venv_module_is_named_with_the_way_to_get_it(tmp_path: Path) -> None:
    fits_but_no_venv = 'case "$2" in *version_info*) exit 0;; *) exit 1;; esac'
    done = run_with(tmp_path, fits_but_no_venv)
    assert done.returncode == 1
    assert "python3 has no venv module. On Debian or Ubuntu: apt-get install python3-venv" in done.stderr
