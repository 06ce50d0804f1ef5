"""Ports for what tests start."""

import random
import socket

_BELOW_EPHEMERAL = range(20_000, 32_000)
"""Where no outgoing connection gets its port from: one that is free now still is when its process has started."""
_given: set[int] = set()


def free_port() -> int:
    """A TCP port of 127.0.0.1 on which nobody listens, and which this process was not given before."""
    while True:
        port = random.choice(_BELOW_EPHEMERAL)
        if port in _given:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        return port
