"""A message as a mail: one sender, exactly one recipient, text and HTML, at most one attachment."""

from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from uuid import UUID

from email_validator import validate_email

from contracts.fields import one_address
from notify.domain.header_text import display_name, header_line
from notify.templating import Rendered


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
    needs_utf8 = not address.isascii()
    mail = EmailMessage(
        policy=(SMTPUTF8 if needs_utf8 else SMTP).clone(cte_type="7bit", refold_source="none")
    )
    try:
        mail["From"] = Address(display_name(sender_name), addr_spec=sender)
        mail["To"] = Address(addr_spec=address)
        mail["Subject"] = header_line(rendered.subject)
        mail["Date"] = format_datetime(created_at)
        mail["Message-ID"] = message_id(mail_id)
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        mail["Content-Language"] = language
    except (MessageError, ValueError) as error:
        raise BadAddress(f"the mail's head cannot be written: {error}") from error
    mail.set_content(rendered.text, cte="quoted-printable")
    mail.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    if attachment is not None:
        kind, _, form = attachment.media_type.partition("/")
        mail.add_attachment(
            attachment.content, maintype=kind, subtype=form, filename=header_line(attachment.name)
        )
    return Envelope(sender, address, mail.as_bytes(), mail_id, created_at, needs_utf8)
