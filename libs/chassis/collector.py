"""Python's collector of garbage in a process that lives long."""

import gc


def spare_collector() -> None:
    """What was loaded stays for good: let the collector not go through it again and again. Called once after start."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
