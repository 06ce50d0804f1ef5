"""After a new field key has come into force: everything that an older one encrypted is encrypted anew, in chunks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, func, select, update
from sqlalchemy.orm import Session

from chassis.field_keys import FieldKeys
from chassis.jobs import Claim, claim, finish, hold
from chassis.logs import logger
from chassis.platform import Platform

log = logger(__name__)
JOB = "reseal"
CHUNK = 500
_SETTLED = timedelta(minutes=5)
"""So long after a key came into force nobody encrypts with the one before any more."""


@dataclass(frozen=True)
class SealedColumn:
    """A column of encrypted texts in a table whose primary key is one uuid; each is bound to `place` and that key."""

    table: Table
    column: str
    place: str

    @property
    def key(self) -> Column[UUID]:
        """The primary key of the table."""
        (key,) = self.table.primary_key
        return key

    def place_of(self, row_id: UUID) -> str:
        """What FieldKeys are told when the field of a row is encrypted or decrypted."""
        return f"{self.place}:{row_id}"


def reseal(platform: Platform, columns: Iterable[SealedColumn]) -> bool:
    """Once for each column and key, on one replica. Nothing to do while there is one key."""
    keys = platform.field_keys
    newest = keys.newest_key()
    if newest.since is None or newest.since + _SETTLED > platform.clock.now():
        return False
    for column in columns:
        held = claim(platform, JOB, f"{column.place}:{newest.number}")
        if held is not None:
            _whole_column(platform, keys, column, held)
            log.info("everything is encrypted with the newest key", column=column.place, key=newest.number)
    return False


def _whole_column(platform: Platform, keys: FieldKeys, column: SealedColumn, held: Claim) -> None:
    after = UUID(held.progress["after"]) if "after" in held.progress else None
    while True:
        with platform.database.transaction() as session:
            after = _chunk(session, keys, column, after)
            if after is None:
                finish(session, held, platform)
                return
            hold(session, held, platform, {"after": str(after)})


def _chunk(session: Session, keys: FieldKeys, column: SealedColumn, after: UUID | None) -> UUID | None:
    """Encrypt the next rows anew; returns the last one's id, None at the end."""
    key, sealed = column.key, column.table.c[column.column]
    old = select(key.label("id"), sealed.label("sealed")).where(
        sealed != "", sealed.not_like(f"{keys.newest()}:%")
    )
    if after is not None:
        old = old.where(key > after)
    rows = session.execute(old.order_by(key).limit(CHUNK).with_for_update()).all()
    for row in rows:
        place = column.place_of(row.id)
        anew = keys.encrypt(keys.decrypt(row.sealed, place), place)
        session.execute(update(column.table).where(key == row.id).values({column.column: anew}))
    return rows[-1].id if rows else None


def count_by_key(session: Session, column: SealedColumn, numbers: Iterable[int]) -> dict[int, int]:
    """How many fields of the column each of these keys encrypts."""
    sealed: Any = column.table.c[column.column]
    counting = select(func.count()).select_from(column.table)
    return {
        number: session.scalar(counting.where(sealed.like(f"{number}:%"))) or 0 for number in sorted(numbers)
    }
