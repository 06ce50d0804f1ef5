"""Count a try to sign in, before anybody looks at the password."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis.database import is_sqlite
from customers.domain import throttling
from customers.domain.refusals import TooManyTries
from customers.domain.throttling import ACCOUNT_TRIES, ADDRESS_TRIES, Tries
from customers.signin_tables import SignInTries


def count_try(session: Session, username_key: str, address: str, now: datetime) -> None:
    """One more try for the account and the address; a thousand at once are counted one by one.

    Raises TooManyTries, with the seconds to wait, when the try is not heard; then nothing is counted.
    """
    limits = [(throttling.account_key(username_key), ACCOUNT_TRIES)]
    if address:
        limits.append((throttling.address_key(address), ADDRESS_TRIES))
    for key, free in limits:
        row = _locked(session, key, now)
        tries = Tries(row.count, row.last_at, row.blocked_until) if row.count else None
        wait = throttling.seconds_to_wait(tries, now)
        if wait:
            refusal = TooManyTries(f"Too many tries; wait {wait} seconds and try again.")
            refusal.retry_after = wait
            raise refusal
        _store(row, throttling.counted(tries, free, now))


def forgive_try(session: Session, username_key: str, address: str) -> None:
    """The password was right: the account starts anew, and the address gets this try back."""
    session.execute(delete(SignInTries).where(SignInTries.key == throttling.account_key(username_key)))
    row = session.get(SignInTries, throttling.address_key(address), with_for_update=True) if address else None
    if row is not None:
        _store(row, throttling.forgiven(Tries(row.count, row.last_at, row.blocked_until), ADDRESS_TRIES))


def _locked(session: Session, key: str, now: datetime) -> SignInTries:
    if is_sqlite(session):
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]  # the same call on both dialects
    session.execute(insert(SignInTries).values(key=key, count=0, last_at=now).on_conflict_do_nothing())
    return session.scalars(
        select(SignInTries)
        .where(SignInTries.key == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _store(row: SignInTries, tries: Tries) -> None:
    row.count, row.last_at, row.blocked_until = tries.count, tries.last_at, tries.blocked_until
