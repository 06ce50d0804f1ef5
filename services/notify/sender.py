"""A sender: claims messages, makes their mails and hands them over, one commit before and one after each dialogue.

Several senders run in each process and replica. A message belongs to the one whose token is on its row.
"""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis.kill_points import reach
from chassis.logs import logger, tracing
from chassis.pace import pause
from chassis.platform import Platform
from notify.channels import Channel, ChannelAway, OutcomeUnknown, RefusedForGood, RefusedForNow
from notify.channels.folder import Folder
from notify.channels.smtp import Smtp
from notify.composing import Composed, Material, Never, NotNow, ReportsAway, compose, read_material
from notify.counts import MAIL_DELAY, MAILS
from notify.domain.schedule import after_refusal, while_away
from notify.tables import Message
from notify.usecases import record_outcome
from notify.usecases.claim_messages import anything_due, claim_messages

log = logger(__name__)

BATCH = 4
"""Messages of one claim: few, so that a burst is shared by all senders."""
STEP_SECONDS = 20.0
"""After so long a sender puts back what it has not begun, so that it is seen going round."""
RECORD_PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Pauses while a database that is away keeps us from writing down that a mail is sent; else it would be sent twice."""
TOO_LONG = "Given up after three days. Last: "
_chance = random.Random().random  # noqa: S311 - spreads retries, hides nothing


class Sender:
    """One way out with its own connection. `step` is called again and again by a background loop."""

    def __init__(
        self, platform: Platform, channel: Channel | None = None, more: Callable[[], None] = lambda: None
    ) -> None:
        """`more` is called when there may be work for another sender too."""
        self._platform, self._more = platform, more
        self._channel = channel or channel_of(platform)
        self._pause, self._away_until = 0.0, 0.0
        self.token: UUID | None = None
        """The token of what is in hand, while something is (notify.jobs prolongs its lease)."""

    def step(self) -> bool:
        """Send some messages; True when there may be more."""
        if time.monotonic() < self._away_until or not self._anything_due():
            self._channel.rest()
            return False
        self.token = uuid4()
        try:
            return self._send_batch(self.token)
        finally:
            self.token = None

    @property
    def safe_to_repeat(self) -> bool:
        """Whether a message that was lost in the middle may simply be sent again."""
        return self._channel.safe_to_repeat

    def close(self) -> None:
        """End the connection."""
        self._channel.close()

    def _anything_due(self) -> bool:
        with self._platform.database.reading() as session:
            return anything_due(session, self._platform.clock)

    def _send_batch(self, token: UUID) -> bool:
        platform, started = self._platform, time.monotonic()
        with platform.database.transaction() as session:
            claimed = claim_messages(
                session, token, platform.clock, most=BATCH, per_minute=platform.settings.mail_per_minute
            )
        if len(claimed) == BATCH:
            self._more()
        away: Exception | None = None
        for message in claimed:
            with tracing(message.trace):
                stopping = platform.stopping.is_set() or time.monotonic() - started > STEP_SECONDS
                away = self._send_one(message, token, away, stopping)
        return bool(claimed) and not isinstance(away, ChannelAway)

    def _send_one(
        self, message: Message, token: UUID, away: Exception | None, stopping: bool
    ) -> Exception | None:
        """Send one message. `away` is what the last one met: without a mail server the rest need not be tried.

        Returns what is away now.
        """
        if stopping:
            self._put_back(message, token, message.problem or "Put back.", timedelta(0))
            return away
        try:
            material = read_material(self._platform.database, message)
            if isinstance(away, ChannelAway) or (isinstance(away, ReportsAway) and _needs_drawing(material)):
                raise away
            composed = compose(material, self._platform)
            self._channel.ready()
        except Never as error:
            self._give_up(message, token, str(error))
            return away
        except (NotNow, ChannelAway) as error:
            self._wait(message, token, error)
            return error if isinstance(error, ReportsAway | ChannelAway) else away
        except Exception as error:
            log.error("a mail could not be made", message_id=str(message.id), exc_info=error)
            self._wait(
                message, token, NotNow(f"Fault while the mail was made: {type(error).__name__}: {error}")
            )
            return away
        self._pause = 0.0
        self._dialogue(message, token, composed)
        return away

    def _dialogue(self, message: Message, token: UUID, composed: Composed) -> None:
        with self._platform.database.transaction() as session:
            begun = record_outcome.begin_sending(
                session, message, token, composed.subject, composed.drawn, self._platform.clock
            )
            reach("mail.before_sending")
        if not begun:
            log.warning("message was taken over by another sender", message_id=str(message.id))
            return
        try:
            self._channel.send(composed.envelope)
        except OutcomeUnknown as error:
            self._unknown(message, token, str(error))
        except RefusedForGood as error:
            self._give_up(message, token, str(error))
        except ChannelAway as error:
            self._wait(message, token, error)
        except RefusedForNow as error:
            self._try_again(message, token, str(error))
        except Exception as error:
            log.error("a mail could not be handed over", message_id=str(message.id), exc_info=error)
            self._channel.close()
            self._try_again(
                message, token, f"Fault before the mail was handed over: {type(error).__name__}: {error}"
            )
        else:
            reach("mail.before_sent")
            self._sent(message, token)

    def _sent(self, message: Message, token: UUID) -> None:
        for seconds in (*RECORD_PAUSES, None):
            try:
                with self._platform.database.transaction() as session:
                    record_outcome.sent(session, message, token, self._platform.clock)
                break
            except (OperationalError, PoolTimeout):
                if seconds is None:
                    raise
                self._platform.stopping.wait(seconds)
        delay = (self._platform.clock.now() - message.occurred_at).total_seconds()
        MAIL_DELAY.labels(message.template).observe(max(0.0, delay))
        self._tell(message, "repeated" if message.repeated else "sent", delay=round(delay, 3))

    def _unknown(self, message: Message, token: UUID, problem: str) -> None:
        with self._platform.database.transaction() as session:
            record_outcome.outcome_unknown(session, message, token, problem, self._platform.clock)
        self._tell(message, "unknown", problem=problem)

    def _give_up(self, message: Message, token: UUID, problem: str) -> None:
        with self._platform.database.transaction() as session:
            record_outcome.give_up(session, message, token, problem, self._platform.clock)
        self._tell(message, "failed", problem=problem)

    def _try_again(self, message: Message, token: UUID, problem: str) -> None:
        wait = after_refusal(message.attempts, _chance())
        if wait is None:
            self._give_up(message, token, f"{TOO_LONG}{problem}")
        else:
            self._put_back(message, token, problem, pause(wait.total_seconds()))
            self._tell(message, "retry", problem=problem)

    def _wait(self, message: Message, token: UUID, error: Exception) -> None:
        """Something of ours is away, which is not the message's fault and no try of it."""
        if isinstance(error, ChannelAway):
            self._pause = min(30.0, self._pause * 2 or 1.0)
            self._away_until = time.monotonic() + self._pause
        wait = while_away(self._platform.clock.now() - message.created_at, _chance())
        if wait is None:
            self._give_up(message, token, f"{TOO_LONG}{error}")
        else:
            self._put_back(message, token, str(error), pause(wait.total_seconds()))
            self._tell(message, "waiting", problem=str(error))

    def _put_back(self, message: Message, token: UUID, problem: str, wait: timedelta) -> None:
        with self._platform.database.transaction() as session:
            record_outcome.try_again(session, message, token, problem, wait, self._platform.clock)

    def _tell(self, message: Message, outcome: str, **more: object) -> None:
        MAILS.labels(message.template, outcome).inc()
        say = log.info if outcome in ("sent", "repeated") else log.warning
        say("mail", outcome=outcome, message_id=str(message.id), template=message.template, **more)


def _needs_drawing(material: Material) -> bool:
    return material.letter.has_invoice and material.kept is None


def channel_of(platform: Platform) -> Channel:
    """SMTP where the settings name a server, else files."""
    settings = platform.settings
    return Smtp(settings) if settings.smtp_host else Folder(settings.home / "mail")
