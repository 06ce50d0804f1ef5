"""What notify counts and measures, beside chassis.metrics."""

from datetime import timedelta

from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy import Select, func, literal_column, select
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.measuring import MOST
from notify.domain.states import State
from notify.letters import LETTERS
from notify.tables import Message

MAILS = Counter(
    "headend_mails_total", "Dialogues with the mail server by their outcome", ["template", "outcome"]
)
MAIL_DELAY = Histogram(
    "headend_mail_delay_seconds", "From the event to the mail handed over", ["template"],
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 15, 60, 300, 3600),
)  # fmt: skip
MESSAGES = Gauge(
    "headend_messages",
    "Messages that are waiting, by state, and those that failed within a day; counted to 10,000; every replica tells "
    "the same: use max()",
    ["state"],
)
for _template in LETTERS:  # told as 0 from the start, so that the first one shows
    for _outcome in ("failed", "unknown"):
        MAILS.labels(_template, _outcome)

_WAITING = (State.QUEUED, State.SENDING, State.RETRY, State.UNKNOWN)
_A_DAY = timedelta(days=1)


def measure_messages(session: Session, clock: Clock) -> None:
    """Set how many messages are in each state that is not an end, and how many failed within a day."""
    found = _by_state(session, select(Message.state).where(Message.next_attempt_at.is_not(None)))
    # Written out: of a parameter PostgreSQL cannot know beforehand that the index of failed ones holds it.
    failed = select(Message.state).where(Message.state == literal_column("'failed'"))
    found |= _by_state(session, failed.where(Message.created_at > clock.now() - _A_DAY))
    for state in (*_WAITING, State.FAILED):
        MESSAGES.labels(state.value).set(found.get(state.value, 0))


def _by_state(session: Session, states: Select[tuple[str]]) -> dict[str, int]:
    some = states.limit(MOST).subquery()
    rows = session.execute(select(some.c.state, func.count()).group_by(some.c.state)).all()
    return {row[0]: row[1] for row in rows}
