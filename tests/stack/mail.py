"""Where a test's mails arrive: a real SMTP server that keeps them, or the folder of embedded mode."""

import email
import email.policy
import io
import time
from pathlib import Path
from typing import Any, Self, cast

from aiosmtpd.controller import Controller
from pypdf import PdfReader

from tests.ports import free_port


class Sink:
    """An SMTP server that accepts and keeps every mail."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.times: list[float] = []
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, data_size_limit=50_000_000)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keep one mail."""
        self.times.append(time.time())
        self.raw.append(envelope.content)
        return "250 kept"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    def mails(self) -> list["Mail"]:
        """All mails so far."""
        return [Mail(raw) for raw in list(self.raw)]


def mails_in(folder: Path) -> list["Mail"]:
    """The mails that embedded mode wrote into a folder."""
    return [Mail(path.read_bytes()) for path in sorted(folder.glob("*.eml"))]


class Mail:
    """A received mail."""

    def __init__(self, raw: bytes) -> None:
        self.message = email.message_from_bytes(raw, policy=email.policy.default)

    @property
    def to(self) -> str:
        """The recipient."""
        return str(self.message["To"].addresses[0].addr_spec)

    @property
    def subject(self) -> str:
        """The subject."""
        return str(self.message["Subject"])

    @property
    def message_id(self) -> str:
        """The Message-ID."""
        return str(self.message["Message-ID"])

    @property
    def text(self) -> str:
        """The plain text body."""
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    def pdf_text(self) -> str | None:
        """The text of the attached PDF; None when there is none."""
        for part in self.message.iter_attachments():
            if part.get_content_type() == "application/pdf":
                reader = PdfReader(io.BytesIO(cast(bytes, part.get_content())))
                return "\n".join(page.extract_text() for page in reader.pages)
        return None
