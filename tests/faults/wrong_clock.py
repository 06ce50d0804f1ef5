"""A process that believes another time than the rest of the world (libfaketime; BUS: leases go by the database's)."""

import os
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from threading import Lock

from tests.faults.trial import NotHere

_PLACES = (
    "/usr/lib/x86_64-linux-gnu/faketime",
    "/usr/lib/aarch64-linux-gnu/faketime",
    "/usr/local/lib/faketime",
)


_INSTALLING = Lock()


def library() -> Path:
    """libfaketime. Raises NotHere where it is not installed and may not be."""
    with _INSTALLING:
        return _library()


def _library() -> Path:
    found = _find()
    if found is None and os.environ.get("HEADEND_TEST_INSTALL") == "1" and shutil.which("apt-get"):
        subprocess.run(["apt-get", "-qq", "install", "-y", "libfaketime"], capture_output=True, check=False)
        found = _find()
    if found is None:
        raise NotHere("libfaketime is not installed (apt-get install libfaketime)")
    return found


def shifted(by: str) -> dict[str, str]:
    """Variables of a process whose clock goes ahead or after, such as "+1h"."""
    return {
        "LD_PRELOAD": str(library()), "FAKETIME": by, "TZ": "UTC", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1",
    }  # fmt: skip


def begun_at(moment: datetime) -> dict[str, str]:
    """Variables of a process whose clock shows this moment when it starts, and goes on from there."""
    return shifted(f"@{moment:%Y-%m-%d %H:%M:%S}")


def _find() -> Path | None:
    files = (Path(place) / "libfaketime.so.1" for place in _PLACES)
    return next((file for file in files if file.exists()), None)
