"""A mail server with whims: what it does to a mail is said by the beginning of the recipient's address."""

import asyncio
import re
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from aiosmtpd.controller import Controller

from tests.stack.mail import Mail, Sink

REFUSED, BUSY, LEAVING, SLOW, DROPPED = "refused-", "busy-", "leaving-", "slow-", "dropped-"
"""550 always · 450 and 421 `busy_times` times · `slow_seconds` before the 250 · takes the first mail and hangs up."""


@dataclass(frozen=True)
class Offer:
    """A recipient that was offered to the server, and what it said."""

    at: float
    recipient: str
    answer: str


class PostOffice(Sink):
    """Takes every mail of ordinary recipients; can be shut and opened again on the same port."""

    def __init__(self) -> None:
        super().__init__()
        self.busy_times, self.slow_seconds = 2, 30.0
        self.offers: list[Offer] = []
        self._busy: Counter[str] = Counter()
        self._dropped: set[str] = set()
        self._read: list[Mail] = []

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Take or refuse a recipient."""
        answer = self._answer(address)
        self.offers.append(Offer(time.time(), address, answer[:3]))
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a mail, at once or slowly, with or without saying so."""
        recipient = envelope.rcpt_tos[0]
        if recipient.startswith(SLOW):
            await asyncio.sleep(self.slow_seconds)
        answer: str = await super().handle_DATA(server, session, envelope)
        if recipient.startswith(DROPPED) and recipient not in self._dropped:
            self._dropped.add(recipient)
            server.transport.abort()
        return answer

    def shut(self) -> None:
        """Nobody answers at the port any more."""
        self._controller.stop()

    def open(self) -> None:
        """Answer again."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, data_size_limit=50_000_000)
        self._controller.start()

    def mails(self) -> list[Mail]:
        """All mails so far; each is read once."""
        raw = list(self.raw)
        self._read += [Mail(one) for one in raw[len(self._read) :]]
        return list(self._read)

    def answers_to(self, recipient: str) -> list[str]:
        """What was said to each offer of the recipient, in order."""
        return [offer.answer for offer in self.offers if offer.recipient == recipient]

    def message_ids(self) -> Counter[str]:
        """How often each Message-ID came."""
        found = (re.search(rb"(?mi)^Message-ID: *(\S+)", raw) for raw in list(self.raw))
        return Counter(match[1].decode() for match in found if match)

    def _answer(self, address: str) -> str:
        if address.startswith(REFUSED):
            return "550 5.1.1 no such mailbox"
        if address.startswith((BUSY, LEAVING)) and self._busy[address] < self.busy_times:
            self._busy[address] += 1
            return "450 4.2.1 try later" if address.startswith(BUSY) else "421 4.3.2 closing"
        return "250 ok"
