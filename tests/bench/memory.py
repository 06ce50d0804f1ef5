"""The largest process of the house while a figure is taken, children that come and go included."""

import contextlib
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

_PAUSE = 0.2


class Largest:
    """The most resident memory that one process of these families had, in bytes."""

    def __init__(self, pids: Iterable[int]) -> None:
        self._pids = tuple(pids)
        self.bytes = 0

    def look(self) -> None:
        """Look at every process that lives now."""
        for pid in self._family(self._pids):
            self.bytes = max(self.bytes, _peak(pid))

    def forget_peaks(self) -> None:
        """Begin anew: what the processes needed before does not count."""
        for pid in self._family(self._pids):
            with contextlib.suppress(OSError):
                Path(f"/proc/{pid}/clear_refs").write_text("5")

    def _family(self, pids: Iterable[int]) -> Iterator[int]:
        for pid in pids:
            yield pid
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                with contextlib.suppress(OSError):
                    yield from self._family(int(child) for child in children.read_text().split())


@contextlib.contextmanager
def watched(pids: Iterable[int]) -> Iterator[Largest]:
    """Watch these processes and their children until the block ends."""
    largest, ended = Largest(pids), threading.Event()

    def watch() -> None:
        while not ended.wait(_PAUSE):
            largest.look()

    largest.forget_peaks()
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield largest
    finally:
        ended.set()
        watcher.join()
        largest.look()


def _peak(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = next((line for line in status.splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(found.split()[1]) * 1024
