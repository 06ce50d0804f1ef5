"""A message as a mail: one sender, exactly one recipient, text and HTML, at most one attachment."""

import re
from base64 import b64encode, encodebytes
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parseaddr
from uuid import UUID

from email_validator import validate_email

from contracts.fields import one_address
from notify.domain.header_text import display_name, header_line
from notify.templating import Rendered

_FOLD = "\r\n "
_ENCODED_BYTES = 45


class BadAddress(Exception):
    """The address is not exactly one e-mail address."""


@dataclass(frozen=True)
class File:
    """What goes with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Envelope:
    """A mail ready to be handed over. `content` has CRLF line ends; `needs_utf8` asks for a server with SMTPUTF8."""

    sender: str
    recipient: str
    content: bytes
    mail_id: UUID
    created_at: datetime
    needs_utf8: bool = False


def message_id(mail_id: UUID) -> str:
    """The Message-ID header of a message; the same at every try."""
    return f"<{mail_id}@headend>"


def recipient_address(text: str) -> str:
    """The one address that a mail goes to, its domain in ASCII. Raises BadAddress."""
    try:
        checked = validate_email(one_address(text), check_deliverability=False, test_environment=True)
        return f"{checked.local_part}@{checked.ascii_domain}"
    except ValueError as error:
        raise BadAddress(
            f'"{header_line(text)[:80]}" is not an e-mail address that mail can be sent to'
        ) from error


def sender_address(smtp_from: str) -> str:
    """The bare address of the HEADEND_SMTP_FROM setting, such as "Headend <headend@example.com>"."""
    return recipient_address(parseaddr(smtp_from)[1])


def build_mail(
    rendered: Rendered, *, sender: str, sender_name: str, recipient: str, mail_id: UUID, created_at: datetime,
    language: str, attachment: File | None = None,
) -> Envelope:  # fmt: skip
    """The mail of a message. Nothing in names or subjects can add a header or a recipient (TRUST, check 16).

    `sender` is the address, `sender_name` what is shown beside it. Raises BadAddress.
    """
    address = recipient_address(recipient)
    parts = _alternatives(rendered, mail_id)
    if attachment is not None:
        parts = _multipart("mixed", mail_id, parts, _attached(attachment))
    head = _head(
        {
            "From": f"{_phrase(display_name(sender_name))} <{sender}>".lstrip(),
            "To": address,
            "Subject": _words(header_line(rendered.subject)),
            "Date": format_datetime(created_at),
            "Message-ID": message_id(mail_id),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "Content-Language": language,
            "MIME-Version": "1.0",
        }
    )
    return Envelope(sender, address, head + parts, mail_id, created_at, not address.isascii())


def _alternatives(rendered: Rendered, mail_id: UUID) -> bytes:
    return _multipart("alternative", mail_id, _text("plain", rendered.text), _text("html", rendered.html))


def _multipart(kind: str, mail_id: UUID, *parts: bytes) -> bytes:
    """A multipart with its own head. Neither quoted-printable nor base64 can hold the boundary's "=_"."""
    boundary = f"=_{kind}_{mail_id.hex}"
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'
    inside = b"".join(f"--{boundary}\r\n".encode() + part + b"\r\n" for part in parts)
    return head.encode() + inside + f"--{boundary}--\r\n".encode()


def _text(kind: str, text: str) -> bytes:
    lines = "\r\n".join(text.splitlines()) + "\r\n"
    head = (
        f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    )
    return head.encode() + b2a_qp(lines.encode("utf-8", "replace"), istext=True)


def _attached(file: File) -> bytes:
    name = re.sub(r"[^A-Za-z0-9._-]", "_", file.name)
    head = (
        f"Content-Type: {file.media_type}\r\nContent-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
    )
    return head.encode() + encodebytes(file.content).replace(b"\n", b"\r\n")


def _head(headers: dict[str, str]) -> bytes:
    """The headers, each one value. Written by ourselves: EmailMessage loses spaces, and quotes around names, when it
    folds long ones (seen on Python 3.11), and takes ten times as long. Raises BadAddress should a value hold a line
    end after all.
    """
    for name, value in headers.items():
        if "\r" in value.replace(_FOLD, "") or "\n" in value.replace(_FOLD, ""):
            raise BadAddress(f"the mail's {name} holds a line end")
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()


def _phrase(name: str) -> str:
    """A name beside an address, quoted or encoded."""
    return f'"{name}"' if name and name.isascii() else _words(name)


def _words(text: str) -> str:
    """Text in a header: as it is, or as encoded words of at most 75 characters each (RFC 2047)."""
    if text.isascii() and "=?" not in text:
        return text
    chunks, chunk = [], ""
    for character in text:
        if len((chunk + character).encode()) > _ENCODED_BYTES:
            chunks.append(chunk)
            chunk = ""
        chunk += character
    return _FOLD.join(f"=?utf-8?b?{b64encode(part.encode()).decode()}?=" for part in [*chunks, chunk])
