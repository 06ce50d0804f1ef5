"""The first lines of every eventlet process: patch before anything else is imported (BUS, 5)."""

import os
import warnings
from typing import Any


def patch_first() -> None:
    """Make sockets, threads and sleeps cooperative, and psycopg wait in Python."""
    os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"
    # eventlet's own resolver costs half a second at each start and knows nothing of the system's ways to find names.
    os.environ["EVENTLET_NO_GREENDNS"] = "yes"
    warnings.filterwarnings("ignore", message="(?s).*Eventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()
    _look_up_names_beside()


def _look_up_names_beside() -> None:
    """Ask the system for addresses in a thread of its own: a slow name server must not stop everybody."""
    import socket

    from eventlet import tpool
    from eventlet.green import socket as green_socket

    ask = socket.getaddrinfo

    def getaddrinfo(*arguments: Any, **named: Any) -> Any:
        return tpool.execute(ask, *arguments, **named)

    socket.getaddrinfo = green_socket.getaddrinfo = getaddrinfo
