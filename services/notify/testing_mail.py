"""Sending a test mail while somebody waits: within seconds, past the queue, and with the mail server's own words."""

import time
from datetime import timedelta
from uuid import UUID, uuid4

from chassis.jobs import claim, finish
from chassis.platform import Platform
from contracts.actor import Actor, Right, Role
from contracts.calls.customers import GetStaff
from contracts.calls.mail_server import MailOutcome, MailServerView, MailTested, SendTestMail
from contracts.errors import Forbidden
from notify.channels import Channel, ChannelAway, OutcomeUnknown, RefusedForGood, RefusedForNow
from notify.channels.folder import Folder
from notify.channels.smtp import Smtp
from notify.domain.refusals import BadSender, NoAddress, TooManyTests
from notify.domain.wording import language_of
from notify.mail import BadAddress, Envelope, build_mail, sender_address
from notify.templating import render

EVERY = 20
"""Seconds between two tests of the whole operator: a button is no way to flood a mail server."""
DIALOGUE_SECONDS, ASK_SECONDS = 2.8, 1.2
"""Together well within the five seconds of a call."""


def mail_server(platform: Platform, actor: Actor) -> MailServerView:
    """The settings in force, without the password. Raises Forbidden."""
    actor.require(Right.SEE_OPERATIONS)
    settings = platform.settings
    return MailServerView(
        host=settings.smtp_host, port=settings.smtp_port, security=settings.smtp_security,
        username=settings.smtp_username or "", sender=settings.smtp_from, per_minute=settings.mail_per_minute,
        folder=None if settings.smtp_host else str(settings.home / "mail"),
    )  # fmt: skip


def send_test_mail(
    platform: Platform, request: SendTestMail, actor: Actor, channel: Channel | None = None
) -> MailTested:
    """Send it now and tell what was answered. Raises Forbidden, NoAddress, TooManyTests, BadSender, Unavailable."""
    actor.require(Right.SEE_OPERATIONS)
    recipient = _own_address(platform, actor)
    _throttle(platform)
    envelope = _envelope(platform, request.locale, recipient)
    way = channel or _channel(platform)
    started = time.monotonic()
    outcome, answer = _dialogue(way, envelope)
    seconds = round(time.monotonic() - started, 2)
    return MailTested(outcome=outcome, answer=answer, recipient=recipient, seconds=seconds)


def _own_address(platform: Platform, actor: Actor) -> str:
    """The address in the caller's record: a test goes nowhere else."""
    kind, _, staff_id = actor.subject.partition(":")
    if kind != "staff" or actor.role is Role.SERVICE:
        raise Forbidden("A test mail goes to a member of staff; sign in as one.")
    member = platform.client.call(
        GetStaff(staff_id=UUID(staff_id)), actor_token=platform.own_token(), timeout=ASK_SECONDS
    )
    if not member.email:
        raise NoAddress("Your record has no e-mail address; enter one under Settings, Staff.")
    return member.email


def _throttle(platform: Platform) -> None:
    now = int(platform.clock.now().timestamp())
    held = claim(platform, "test-mail", str(now // EVERY))
    if held is None:
        refusal = TooManyTests("A test mail was sent just now; wait a moment.")
        refusal.retry_after = EVERY - now % EVERY
        raise refusal
    with platform.database.transaction() as session:
        finish(session, held, platform, retry_after=timedelta(0))


def _envelope(platform: Platform, locale: str, recipient: str) -> Envelope:
    settings, now = platform.settings, platform.clock.now()
    facts = {"letterhead": {"name": "", "lines": [], "tax_id": ""}, "sign_in": f"{settings.links_to}/"}
    try:
        return build_mail(
            render("test_mail", locale, facts), sender=sender_address(settings.smtp_from), sender_name="Headend",
            recipient=recipient, mail_id=uuid4(), created_at=now, language=language_of(locale).replace("_", "-"),
        )  # fmt: skip
    except BadAddress as error:
        raise BadSender(f"{error}; see HEADEND_SMTP_FROM and your own record.") from error


def _channel(platform: Platform) -> Channel:
    settings = platform.settings
    if settings.smtp_host:
        return Smtp(settings, seconds=DIALOGUE_SECONDS)
    return Folder(settings.home / "mail")


def _dialogue(way: Channel, envelope: Envelope) -> tuple[MailOutcome, str]:
    try:
        way.ready()
        way.send(envelope)
        return MailOutcome.SENT, getattr(way, "answer", "")
    except ChannelAway as error:
        return MailOutcome.AWAY, str(error)
    except OutcomeUnknown as error:
        return MailOutcome.UNKNOWN, str(error)
    except (RefusedForNow, RefusedForGood) as error:
        return MailOutcome.REFUSED, str(error)
    finally:
        way.close()
