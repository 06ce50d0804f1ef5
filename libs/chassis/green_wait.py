"""How psycopg waits for PostgreSQL under eventlet: as its own wait_selector does, at half the price (BUS, 5)."""

from typing import Any, TypeVar

import psycopg.waiting
from eventlet.green import select
from eventlet.hubs import trampoline
from psycopg.abc import PQGen
from psycopg.waiting import READY_R, READY_RW, READY_W, WAIT_R, wait_selector

Answer = TypeVar("Answer")


def wait_in_the_hub() -> None:
    """Let every connection of this process wait so; called before the first one is opened."""
    psycopg.waiting.wait = wait_green


def wait_green(
    gen: PQGen[Answer], fileno: int, interval: float = 0.0, timeout: float | None = None
) -> Answer:
    """Consume psycopg's generator, in eventlet's hub while it has nothing to do. Returns what the generator returns.

    A selector made and registered in Python for each statement costs as much as the rest of a small statement. No
    `interval` is needed: a server that is gone makes the socket readable, by TCP keepalive at the latest. Waits with
    a time-out are rare and left to psycopg.
    """
    if timeout is not None:
        return wait_selector(gen, fileno, interval, timeout)
    try:
        wanted = next(gen)
        while True:
            if wanted == WAIT_R:
                trampoline(fileno, read=True)
                wanted = gen.send(READY_R)
            else:
                wanted = gen.send(_ready_for(fileno, reading=bool(wanted & WAIT_R)))
    except StopIteration as ended:
        answer: Answer = ended.value
        return answer


def _ready_for(fileno: int, *, reading: bool) -> Any:
    readable, writable, _ = select.select([fileno] if reading else [], [fileno], [])
    if readable and writable:
        return READY_RW
    return READY_R if readable else READY_W
