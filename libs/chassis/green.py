"""The first lines of every eventlet process: patch before anything else is imported (BUS, 5)."""

import os
import warnings


def patch_first() -> None:
    """Make sockets, threads and sleeps cooperative, and psycopg wait in Python."""
    os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"
    warnings.filterwarnings("ignore", message="(?s).*Eventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()
