"""Making the mail of a stored message: words, opened secret, the invoice that reports draws. In no transaction."""

from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr

from chassis.database import Database
from chassis.platform import Platform
from chassis.seal import SecretUnreadable, unseal
from contracts.calls.reports import RenderInvoice
from contracts.cards import BranchCard
from contracts.errors import Refusal, Unavailable
from contracts.events import Event, PaymentMade
from notify.domain.wording import language_of
from notify.facts import Surroundings, facts_of, letterhead
from notify.letters import LETTERS, Letter
from notify.mail import BadAddress, Envelope, File, build_mail, sender_address
from notify.tables import Attachment, Message, Wording
from notify.usecases.queue_message import branch_copy
from notify.wordings import worded, wording_for

WAIT_FOR_BRANCH = timedelta(minutes=1)
"""Events come in any order: a customer's may be quicker than their branch's."""
EXPIRED = "The password or link inside expired before the message could be sent; issue a new one."


class NotNow(Exception):
    """Something that the message needs is away; it is made later."""


class ReportsAway(NotNow):
    """No invoice can be drawn right now, this one or another."""


class Never(Exception):
    """The message cannot be made at all."""


@dataclass(frozen=True)
class Composed:
    """A mail ready to be sent; `drawn` is the attachment when it was made just now and is not stored yet."""

    envelope: Envelope
    subject: str
    drawn: File | None


@dataclass(frozen=True)
class Material:
    """What the database knows about a message that is to be made."""

    message: Message
    letter: Letter
    event: Event
    branch: BranchCard | None
    kept: File | None
    """The attachment of an earlier try."""
    wording: Wording | None
    """The operator's own words; None for the standard ones."""


def read_material(database: Database, message: Message) -> Material:
    """Everything stored that the mail is made from. Raises Never when the row cannot be read."""
    letter = LETTERS.get(message.template)
    if letter is None:
        raise Never(f'There is no message of the kind "{message.template}".')
    try:
        event = letter.read(message.body)
    except ValueError as error:
        raise Never("What was stored of the event cannot be read any more.") from error
    branch: BranchCard | None = getattr(event, "branch", None)
    kept = None
    drawn_before = letter.has_invoice and message.attempts > 0
    with database.reading() as session:
        if branch is None and message.branch_id is not None:
            branch = branch_copy(session, message.branch_id)
        if drawn_before and (found := session.get(Attachment, message.id)):
            kept = File(found.file_name, found.media_type, found.content)
        wording = wording_for(session, message.template, message.locale, message.branch_id)
    return Material(message, letter, event, branch, kept, wording)


def compose(material: Material, platform: Platform) -> Composed:
    """The mail. Raises NotNow, ReportsAway or Never."""
    message, settings = material.message, platform.settings
    around = Surroundings(
        message.locale, material.branch, settings.links_to, _open_secret(material, platform)
    )
    age = platform.clock.now() - message.created_at
    if material.branch is None and message.branch_id is not None and age < WAIT_FOR_BRANCH:
        raise NotNow("The branch's letterhead is not known yet.")
    facts = facts_of(material.letter, material.event, around)
    rendered = worded(message.template, message.locale, facts, material.wording)
    drawn = None if material.kept else _draw(material, platform)
    try:
        envelope = build_mail(
            rendered, sender=sender_address(settings.smtp_from),
            sender_name=letterhead(material.branch)["name"] or parseaddr(settings.smtp_from)[0],
            recipient=message.recipient, mail_id=message.mail_id, created_at=message.created_at,
            language=language_of(message.locale).replace("_", "-"), attachment=material.kept or drawn,
        )  # fmt: skip
    except BadAddress as error:
        raise Never(f"{error}.") from error
    return Composed(envelope, rendered.subject, drawn)


def _open_secret(material: Material, platform: Platform) -> str | None:
    secret = material.letter.secret_of(material.event)
    if secret is None:
        return None
    if secret.expires_at <= platform.clock.now() or not secret.sealed:
        raise Never(EXPIRED)
    try:
        return unseal(platform.sealing_key, secret, material.letter.secret_purpose)
    except SecretUnreadable as error:
        raise Never(error.message) from error


def _draw(material: Material, platform: Platform) -> File | None:
    """The invoice as reports draws it; None for messages without one."""
    if not isinstance(material.event, PaymentMade):
        return None
    request = RenderInvoice(snapshot=material.event.invoice, locale=material.message.locale)
    try:
        document = platform.client.call(request, actor_token=platform.own_token())
    except Unavailable as error:
        raise ReportsAway(f"The invoice could not be drawn: {error.message}") from error
    except Refusal as error:
        raise NotNow(f"The invoice could not be drawn: {error.message}") from error
    return File(f"{material.event.invoice.number}.pdf", document.media_type, document.content)
