"""The folder of one throw-away server, and the sweep that ends servers whose test run was killed."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

_PREFIX = "headend-server-"


def make_folder(kind: str, within: Path | None = None) -> Path:
    """A new folder for one server (`kind` is "postgres" or "rabbitmq"), marked with the process that owns it.

    Before that, ends and removes what runs of other days left behind when they were killed.
    """
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{kind}-", dir=within))
    # The server may run as another user than we do, and must be able to walk in.
    folder.chmod(0o755)
    (folder / "owner").write_text(_stamp(os.getpid()))
    return folder


def end_tree(pid: int) -> None:
    """SIGKILL to a server and all its children; those that are gone already are fine."""
    with contextlib.suppress(psutil.NoSuchProcess):
        server = psutil.Process(pid)
        family = [server, *server.children(recursive=True)]
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family, timeout=10)


def remove_folder(folder: Path) -> None:
    """Remove a server's folder with all that is in it."""
    shutil.rmtree(folder, ignore_errors=True)


def _stamp(pid: int) -> str:
    """A process number comes back one day; together with its start time it does not."""
    return f"{pid} {psutil.Process(pid).create_time()}"


def _abandoned() -> Iterator[Path]:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            owner = (folder / "owner").read_text()
            if owner and owner != _stamp(int(owner.split()[0])):
                yield folder
        except (psutil.NoSuchProcess, ValueError):
            yield folder
        except OSError:  # being made or removed at this moment, or not ours
            continue


def _sweep() -> None:
    for folder in _abandoned():
        for process in psutil.process_iter(["pid", "cmdline", "environ"]):
            words = [*(process.info["cmdline"] or []), *(process.info["environ"] or {}).values()]
            if any(str(folder) in word for word in words):
                with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                    process.kill()
        remove_folder(folder)
