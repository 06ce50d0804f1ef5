"""The chain over the audit log: each row's hash covers the row before, so that altering or removing one is found.

Rows are written without hashes, so that writers do not wait for each other, and are chained within seconds after they
have committed, one replica at a time, in the order in which they are seen. What is altered before that, or cut off at
the end, is found only by what was kept elsewhere: `audit head` lines of the log are for that (decision 0016).
"""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, bindparam, func, select, text, update
from sqlalchemy.orm import Session

from chassis.audit import INSERT
from chassis.database import is_sqlite
from chassis.logs import logger
from chassis.platform import Platform
from chassis.triggers import AppendOnly

log = logger(__name__)
AUDIT = INSERT.table
_CHAIN = ("sequence", "hash")
_COVERED = tuple(column for column in AUDIT.columns if column.name not in _CHAIN)
AUDIT_LOG = AppendOnly("audit", once=_CHAIN, columns=tuple(column.name for column in _COVERED))
"""What the database itself refuses: any change but filling the chain's columns once."""
BEGINNING = "0" * 64
"""The hash before the first row."""
CHUNK = 500
LONGEST_UNCHAINED = timedelta(minutes=10)
"""A row that was not chained for so long says that nobody does the work."""
_LOCK = 0x4E4F5441  # any number, the same in every replica
_TELL_EVERY = 3600.0


@dataclass(frozen=True)
class Head:
    """The newest row of a chain."""

    sequence: int
    hash: str


@dataclass(frozen=True)
class ChainProblem:
    """One place where the audit log is not as it was written."""

    sequence: int | None
    row_id: int | None
    sentence: str


def hash_of(previous: str, row: RowMapping | Mapping[str, Any]) -> str:
    """SHA-256 of the hash before and everything that the row says, as JSON in one form."""
    told = [_plain(row[column.name]) for column in _COVERED]
    said = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{previous}{said}".encode("utf-8", "surrogatepass")).hexdigest()


class Notary:
    """Chains rows that have committed, and tells the log now and then where the chain stands."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._told = -_TELL_EVERY

    def step(self) -> bool:
        """Chain some rows; True when there may be more."""
        database = self._platform.database
        if database.is_sqlite and not self._anything_new():
            return False
        with database.transaction() as session:
            more = chain_some(session)
            head = head_of(session)
        if head is not None and not more and time.monotonic() - self._told >= _TELL_EVERY:
            log.info("audit head", of=self._platform.service, sequence=head.sequence, hash=head.hash)
            self._told = time.monotonic()
        return more

    def _anything_new(self) -> bool:
        """On SQLite a unit of work that writes nothing would still shut out the others."""
        with self._platform.database.reading() as session:
            return session.scalar(_UNCHAINED.with_only_columns(AUDIT.c.id).limit(1)) is not None


_UNCHAINED = select(AUDIT).where(AUDIT.c.sequence.is_(None)).order_by(AUDIT.c.id)
_FILL = (
    update(AUDIT)
    .where(AUDIT.c.id == bindparam("of_id"))
    .values(sequence=bindparam("next"), hash=bindparam("made"))
)


def chain_some(session: Session) -> bool:
    """Chain up to CHUNK rows; True when there may be more. Does nothing while another replica is at it."""
    if not is_sqlite(session) and not session.scalar(
        text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _LOCK}
    ):
        return False
    rows = session.execute(_UNCHAINED.limit(CHUNK)).mappings().all()
    if not rows:
        return False
    head = head_of(session) or Head(0, BEGINNING)
    filled, made = [], head.hash
    for sequence, row in enumerate(rows, head.sequence + 1):
        made = hash_of(made, row)
        filled.append({"of_id": row["id"], "next": sequence, "made": made})
    session.connection().execute(_FILL, filled)
    return len(rows) == CHUNK


def head_of(session: Session) -> Head | None:
    """The newest row of the chain; None when there is none yet."""
    newest = select(AUDIT.c.sequence, AUDIT.c.hash).where(AUDIT.c.sequence.is_not(None))
    found = session.execute(newest.order_by(AUDIT.c.sequence.desc()).limit(1)).first()
    return Head(*found) if found else None


def check_chain(
    session: Session, *, known: Mapping[int, str] | None = None, now: datetime | None = None
) -> Iterator[ChainProblem]:
    """Read the whole chain and tell each place where it breaks, in constant memory.

    `known` are hashes by sequence that were kept elsewhere (`audit head` lines of a log). With `now`, rows that nobody
    has chained for long are told too.
    """
    unseen = dict(known or {})
    expected, previous = 1, BEGINNING
    chain = select(AUDIT).where(AUDIT.c.sequence.is_not(None)).order_by(AUDIT.c.sequence)
    for row in session.execute(chain.execution_options(yield_per=CHUNK)).mappings():
        sequence, made = row["sequence"], hash_of(previous, row)
        if sequence != expected:
            yield _missing(expected, sequence - 1)
        elif made != row["hash"]:
            yield ChainProblem(
                sequence, row["id"], f"Row {row['id']} (number {sequence}) is not as it was written."
            )
        if unseen.pop(sequence, row["hash"]) != row["hash"]:
            yield ChainProblem(
                sequence, row["id"], f"Number {sequence} has another hash than was told before."
            )
        expected, previous = sequence + 1, row["hash"]
    for sequence in sorted(unseen):
        yield ChainProblem(sequence, None, f"Number {sequence}, whose hash was told before, is missing.")
    if now is not None:
        yield from _left_behind(session, now)


def _missing(first: int, last: int) -> ChainProblem:
    said = f"Number {first} is" if first == last else f"Numbers {first} to {last} are"
    return ChainProblem(first, None, f"{said} missing.")


def _left_behind(session: Session, now: datetime) -> Iterator[ChainProblem]:
    late = AUDIT.c.sequence.is_(None) & (AUDIT.c.at < now - LONGEST_UNCHAINED)
    count, oldest = session.execute(select(func.count(), func.min(AUDIT.c.id)).where(late)).one()
    if count:
        yield ChainProblem(
            None,
            oldest,
            f"{count} rows, the first with id {oldest}, are not chained; is the service running?",
        )


def _plain(value: Any) -> Any:
    """A value as it is hashed: the same from both databases."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value if value is None or isinstance(value, (int, str, dict, list)) else str(value)
