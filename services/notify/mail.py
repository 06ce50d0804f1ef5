"""A message as a mail: one sender, exactly one recipient, text and HTML, at most one attachment."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
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
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    mail.set_content(rendered.text, cte="quoted-printable")
    mail.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    if attachment is not None:
        kind, _, form = attachment.media_type.partition("/")
        mail.add_attachment(
            attachment.content, maintype=kind, subtype=form, filename=header_line(attachment.name)
        )
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
        }
    )
    return Envelope(sender, address, head + mail.as_bytes(), mail_id, created_at, not address.isascii())


def _head(headers: dict[str, str]) -> bytes:
    """The headers, each one value. Written by ourselves: EmailMessage loses spaces, and quotes around names, when it
    folds long ones (seen on Python 3.11). Raises BadAddress should a value hold a line end after all.
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
