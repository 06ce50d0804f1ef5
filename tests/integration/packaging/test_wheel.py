"""What is installed is what is in the tree: templates, static files and migrations too."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TOP_LEVEL = ("customers", "billing", "notify", "reports", "contracts", "chassis", "gateway", "deploy")
# Parts of the tree that an installed Headend has no use for.
NOT_INSTALLED = {".pyc", ".po", ".pot", ".sh", ".mako"}
BESIDE = (
    "deploy/Dockerfile", "deploy/compose/", "deploy/kubernetes/", "deploy/sight/", "deploy/previous_release",
)  # fmt: skip
"""What describes how containers are made and run, and what upgrades are tested from, lies beside the package."""


def files_of_the_project() -> list[str]:
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    return [name for name in tracked if name and (ROOT / name).is_file()]


def to_be_installed(names: list[str]) -> set[str]:
    inside = {name.removeprefix("services/").removeprefix("libs/") for name in names}
    return {
        name
        for name in inside
        if name.split("/")[0] in TOP_LEVEL
        and Path(name).suffix not in NOT_INSTALLED
        and not name.startswith(BESIDE)
    }


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    names = files_of_the_project()
    tree = tmp_path / "tree"  # a build in place would leave files that the next one packs again
    for name in names:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tree / name)
    uv = Path(sys.executable).parent / "uv"
    command = [str(uv), "build", "--quiet", "--wheel", "--out-dir", str(tmp_path), str(tree)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("headend-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    assert len(packed) > 100
    assert to_be_installed(names) - packed == set()
