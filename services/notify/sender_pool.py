"""The senders of one process: who works, who is idle, and whom a new message wakes."""

from collections.abc import Callable

from chassis.platform import Platform
from notify.counts import MAILS
from notify.sender import Sender
from notify.usecases.claim_messages import hold_messages, take_over_lost
from notify.usecases.queue_message import SEND

SENDERS = 4
"""Senders of one process, each with a connection of its own."""


def signal_of(number: int) -> str:
    """The signal that wakes one sender."""
    return f"{SEND}-{number}"


class SenderPool:
    """Wakes one idle sender for each new message: waking all of them costs more than it brings.

    A sender that was busy looks again by itself when it is done.
    """

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.senders = [Sender(platform, more=self.wake) for _ in range(SENDERS)]
        platform.database.on_commit(self._on_commit)

    def wake(self) -> None:
        """Wake an idle sender, if there is one."""
        for number, sender in enumerate(self.senders):
            signal = self._platform.signal(signal_of(number))
            if sender.token is None and not signal.is_set():
                signal.set()
                return

    def keep_leases(self) -> None:
        """Prolong what is in hand here, and take over what a dead sender left in the middle."""
        tokens = [sender.token for sender in self.senders if sender.token is not None]
        with self._platform.database.transaction() as session:
            if tokens:
                hold_messages(session, tokens, self._platform.clock)
            safe = self.senders[0].safe_to_repeat
            lost = take_over_lost(session, self._platform.clock, safe_to_repeat=safe)
        for template in lost:
            MAILS.labels(template, "retry" if safe else "unknown").inc()
        if lost:
            self.wake()

    def _on_commit(self, signals: frozenset[str]) -> None:
        if SEND in signals:
            self.wake()


_pools: dict[Platform, SenderPool] = {}


def pool_of(platform: Platform) -> SenderPool:
    """The process's pool, made when first asked for; it lives as long as the process."""
    if platform not in _pools:
        _pools[platform] = SenderPool(platform)
    return _pools[platform]


def sending(number: int) -> Callable[[Platform], bool]:
    """What the background loop of one sender runs."""

    def send(platform: Platform) -> bool:
        return pool_of(platform).senders[number].step()

    return send
