"""What gunicorn calls of ours: `gunicorn --config python:gateway.gunicorn_hooks`.

The processes of the gateway share their figures in a folder (gateway.metrics), which the last one leaves clean.
"""

import os
import shutil
from typing import Any

from prometheus_client.multiprocess import mark_process_dead

from chassis.metrics import MULTIPROCESS, shared_among_processes


def child_exit(_server: Any, worker: Any) -> None:
    """A worker ended: its counters stay counted, what was only true of it goes."""
    if shared_among_processes():
        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # of prometheus_client


def on_exit(_server: Any) -> None:
    """The gateway ends: nobody asks for its figures any more."""
    if shared_among_processes():
        shutil.rmtree(os.environ[MULTIPROCESS], ignore_errors=True)
