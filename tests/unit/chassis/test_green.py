"""A patched process starts quickly and never stands still for a name server (BUS, 5)."""

import subprocess
import sys

SLOW_NAME_SERVER = """
import socket, sys, time
wait, ask = time.sleep, socket.getaddrinfo

def slow(*arguments, **named):
    wait(0.5)
    return ask(*arguments, **named)

socket.getaddrinfo = slow
from chassis.green import patch_first
patch_first()
import eventlet
door = eventlet.listen(("127.0.0.1", 0))
ticks = []
def tick():
    while True:
        eventlet.sleep(0.02)
        ticks.append(1)
eventlet.spawn(tick)
socket.create_connection(("localhost", door.getsockname()[1])).close()
print(len(ticks))
"""


def test_a_slow_name_server_does_not_stop_the_others() -> None:
    said = subprocess.run(
        [sys.executable, "-c", SLOW_NAME_SERVER], capture_output=True, text=True, timeout=60, check=True
    )
    assert int(said.stdout) > 10


def test_no_second_resolver_is_loaded() -> None:
    program = (
        "from chassis.green import patch_first; patch_first(); import sys; sys.exit('dns' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0
