"""The release before this one, brought out of the repository to be run beside this one."""

import io
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
_TOLD = ROOT / "deploy" / "previous_release"


class NoPreviousRelease(Exception):
    """Git has it not; the text says what to do."""


def facts() -> Mapping[str, str]:
    """`commit`, and the newest migration by service."""
    lines = [
        line for line in _TOLD.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
    ]
    return dict(line.split(None, 1) for line in lines)


def code_of_previous_release(folder: Path) -> dict[str, str]:
    """Its code in `folder`, and the environment variables that let a process run it. Raises NoPreviousRelease.

    This environment's libraries serve it as long as none that it names has changed its version.
    """
    commit = facts()["commit"]
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=False)
    if packed.returncode:
        raise NoPreviousRelease(f"commit {commit} is not here; fetch the whole history")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as tar:
        tar.extractall(folder, filter="data")
    changed = _changed_libraries(folder)
    assert not changed, f"the previous release needs an environment of its own for {changed}"
    paths = [folder / "services", folder / "libs", folder]
    return {"PYTHONPATH": ":".join(map(str, paths)), "PYTHONSAFEPATH": "1", "PWD": str(folder)}


def _changed_libraries(folder: Path) -> set[str]:
    """Libraries of its lock file that are locked at another version here."""
    old, new = (_locked(where / "uv.lock") for where in (folder, ROOT))
    return {name for name, version in old.items() if new.get(name) != version and name != "headend"}


def _locked(file: Path) -> dict[str, str]:
    import tomllib

    packages = tomllib.loads(file.read_text(encoding="utf-8"))["package"]
    return {package["name"]: package.get("version", "") for package in packages}
