"""Mail over SMTP, one step of the dialogue at a time, so that every loss is known to be before or after the last dot.

Before the dot a message was surely not taken and is tried again; after it only the server's answer tells (RFC 5321,
6.1; RFC 1047). Every error of smtplib is an OSError.
"""

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable

from chassis.kill_points import reach
from chassis.settings import Settings
from notify.channels import ChannelAway, OutcomeUnknown, RefusedForGood, RefusedForNow
from notify.domain.header_text import header_line
from notify.mail import BadAddress, Envelope, sender_address

STEP_SECONDS = 15.0
"""Longest wait for one answer."""
ANSWER_SECONDS = 45.0
"""Longest wait for the answer to the whole mail, which servers scan before they answer."""
MAILS_PER_CONNECTION = 50
REST_SECONDS = 5.0
"""An idle connection is closed after so long; servers do not like idlers."""
FRESH_SECONDS = 1.0
_OUR_FAULT = {530, 534, 535, 538}
"""Refusals that mean the login is missing or wrong: no message's fault."""


class Smtp:
    """One connection to the mail server of the settings, kept for up to fifty mails."""

    safe_to_repeat = False

    def __init__(self, settings: Settings, *, seconds: float | None = None) -> None:
        """`seconds`: the longest time that everything together may take, for a mail that somebody watches."""
        self._settings = settings
        self._until = None if seconds is None else time.monotonic() + seconds
        self.answer = ""
        """What the server said when it took the last mail."""
        self._server: smtplib.SMTP | None = None
        self._mails, self._used_at = 0, 0.0

    def ready(self) -> None:
        """Be connected, secured and signed in as the settings ask. Raises ChannelAway."""
        if self._server is not None and self._mails >= MAILS_PER_CONNECTION:
            self.close()
        if (
            self._server is not None
            and time.monotonic() - self._used_at > FRESH_SECONDS
            and not self._alive()
        ):
            self._drop()
        if self._server is None:
            self._server = self._connect()
            self._mails = 0
        self._used_at = time.monotonic()

    def send(self, envelope: Envelope) -> None:
        """One dialogue: MAIL, RCPT, DATA, the mail, the dot. The connection stays usable, or is dropped."""
        server = self._server
        if server is None:
            raise RefusedForNow("There is no connection to the mail server.")
        self._mails += 1
        try:
            self._offer(server, envelope)
            server.send(_quoted(envelope.content))
            server.send(b".\r\n")  # three bytes that could not be sent were not sent
        except OSError as error:
            self._drop()
            raise RefusedForNow(
                f"The mail server went away before it had the message: {_text(error)}"
            ) from error
        self._end(server)
        self._used_at = time.monotonic()

    def close(self) -> None:
        """Say QUIT."""
        if self._server is not None:
            try:
                self._patience(self._server, 2.0)
                self._server.quit()
            except OSError:
                pass  # it is going anyway
            self._drop()

    def rest(self) -> None:
        """Close a connection that was not used for a while."""
        if self._server is not None and time.monotonic() - self._used_at > REST_SECONDS:
            self.close()

    def _connect(self) -> smtplib.SMTP:
        settings, server = self._settings, None
        try:
            server = self._open()
            server.ehlo_or_helo_if_needed()
            if settings.smtp_security == "starttls":
                if not server.has_extn("starttls"):
                    raise ChannelAway(
                        f"The mail server {settings.smtp_host} offers no STARTTLS, so nothing was sent; "
                        "see HEADEND_SMTP_SECURITY."
                    )
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            if settings.smtp_username:
                server.login(settings.smtp_username, settings.smtp_password or "")
            return server
        except ChannelAway:
            _discard(server)
            raise
        except smtplib.SMTPAuthenticationError as error:
            _discard(server)
            raise ChannelAway(
                f"The mail server refused the login: {_answer(error.smtp_code, error.smtp_error)}; "
                "see HEADEND_SMTP_USERNAME."
            ) from error
        except OSError as error:
            _discard(server)
            raise ChannelAway(
                f"The mail server {settings.smtp_host}:{settings.smtp_port} cannot be used: {_text(error)}"
            ) from error

    def _open(self) -> smtplib.SMTP:
        settings = self._settings
        host, port, name = str(settings.smtp_host), settings.smtp_port, _own_name(settings)
        if settings.smtp_security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(
                host, port, local_hostname=name, timeout=self._left(STEP_SECONDS), context=context
            )
        return smtplib.SMTP(host, port, local_hostname=name, timeout=self._left(STEP_SECONDS))

    def _offer(self, server: smtplib.SMTP, envelope: Envelope) -> None:
        """Everything up to 354. Raises RefusedForNow, RefusedForGood; a lost connection goes through."""
        options = [f"SIZE={len(envelope.content)}"] if server.has_extn("size") else []
        if envelope.needs_utf8:
            if not server.has_extn("smtputf8"):
                raise RefusedForGood(
                    "The mail server takes no addresses with letters beyond ASCII (SMTPUTF8)."
                )
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        self._patience(server, STEP_SECONDS)
        steps: tuple[tuple[Callable[[], tuple[int, bytes]], set[int]], ...] = (
            (lambda: server.mail(envelope.sender, options), {250}),
            (lambda: server.rcpt(envelope.recipient), {250, 251}),
            (lambda: server.docmd("DATA"), {354}),
        )
        for step, accepted in steps:
            if 354 in accepted:
                reach("mail.before_data")
            code, answer = step()
            if code not in accepted:
                self._refused(code, answer)

    def _end(self, server: smtplib.SMTP) -> None:
        """What the server says to the dot."""
        try:
            self._patience(server, ANSWER_SECONDS)
            code, answer = server.getreply()
        except OSError as error:
            self._drop()
            raise OutcomeUnknown(
                f"The mail server did not answer to the whole message, which it may have taken: {_text(error)}"
            ) from error
        if code != 250:
            self._refused(code, answer)
        self.answer = _answer(code, answer)

    def _refused(self, code: int, answer: bytes) -> None:
        said = _answer(code, answer)
        if code == 421:
            self._drop()
        else:
            self._reset()
        if code >= 500 and code not in _OUR_FAULT:
            raise RefusedForGood(said)
        raise RefusedForNow(said)

    def _reset(self) -> None:
        """Make the connection ready for the next message."""
        try:
            if self._server is None or self._server.rset()[0] != 250:
                self._drop()
        except OSError:
            self._drop()

    def _patience(self, server: smtplib.SMTP, seconds: float) -> None:
        """Wait so long for each answer, and never beyond the end."""
        if server.sock is not None:
            server.sock.settimeout(self._left(seconds))

    def _left(self, seconds: float) -> float:
        return seconds if self._until is None else max(0.1, min(seconds, self._until - time.monotonic()))

    def _alive(self) -> bool:
        try:
            assert self._server is not None  # noqa: S101 - the caller has looked
            self._patience(self._server, 5.0)
            return self._server.noop()[0] == 250
        except OSError:
            return False

    def _drop(self) -> None:
        _discard(self._server)
        self._server = None


def _own_name(settings: Settings) -> str:
    """What we call ourselves in EHLO: the sender's domain. smtplib would ask the DNS, which may take long."""
    try:
        return sender_address(settings.smtp_from).rpartition("@")[2]
    except BadAddress:
        return "[127.0.0.1]"


def _quoted(content: bytes) -> bytes:
    """The mail as DATA wants it: dots at line starts doubled, ended by CRLF."""
    quoted = re.sub(rb"(?m)^\.", b"..", content)
    return quoted if quoted.endswith(b"\r\n") else quoted + b"\r\n"


def _answer(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return header_line(f"{code} {text}")


def _text(error: Exception) -> str:
    if isinstance(error, TimeoutError | socket.timeout):
        return "no answer in time"
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    return header_line(f"{error}") or type(error).__name__


def _discard(server: smtplib.SMTP | None) -> None:
    if server is not None:
        server.close()
