"""The limit of messages a minute that all replicas share."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from chassis.database import lock_key
from chassis.upserts import Upsert
from notify.tables import SentInSecond

WINDOW = 60
_LOCK = 0x4D41494C  # any number, the same in every replica


@dataclass(frozen=True)
class Allowance:
    """How many messages may still begin in this minute."""

    urgent: int
    bulk: int
    """Bulk mail leaves a fifth of the limit to those whom somebody waits for."""


def allowance(session: Session, per_minute: int, now: datetime) -> Allowance:
    """What is left of the limit in the last sixty seconds. Holds a lock until the transaction ends, so that nobody else
    counts on the same rest.
    """
    lock_key(session, _LOCK)
    since = int(now.timestamp()) - WINDOW
    used = int(session.scalar(select(func.sum(SentInSecond.count)).where(SentInSecond.second > since)) or 0)
    return Allowance(max(0, per_minute - used), max(0, max(1, per_minute * 4 // 5) - used))


_COUNT = Upsert(
    SentInSecond,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["second"], set_={"count": SentInSecond.count + insert.excluded["count"]}
    ),
)


def use_allowance(session: Session, number: int, now: datetime) -> None:
    """Count so many messages as begun now."""
    second = int(now.timestamp())
    _COUNT.run(session, [{"second": second, "count": number}])
    if second % 30 == 0:
        session.execute(delete(SentInSecond).where(SentInSecond.second < second - 2 * WINDOW))
