"""CPU work beside the event loop."""

from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def off_the_loop(work: Callable[..., Result], *arguments: object) -> Result:
    """Do CPU work in a thread where eventlet runs the process, so that everybody else goes on (BUS, 5)."""
    import eventlet.patcher
    import eventlet.tpool

    if not eventlet.patcher.is_monkey_patched("thread"):
        return work(*arguments)
    result: Result = eventlet.tpool.execute(work, *arguments)
    return result
