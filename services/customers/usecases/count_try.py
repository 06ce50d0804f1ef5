"""Count a try to sign in, or to do something else by guessing, before anybody looks at the secret."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis.audit import quiet
from chassis.database import is_sqlite
from customers.domain import throttling
from customers.domain.sign_in_refusals import TooManyTries
from customers.domain.throttling import SIGNING_IN, Counting, Tries
from customers.signin_tables import SignInTries


def count_try(
    session: Session, username_key: str, address: str, now: datetime, of: Counting = SIGNING_IN
) -> None:
    """One more try for the account and the address; a thousand at once are counted one by one.

    Raises TooManyTries, with the seconds to wait, when the try is not heard; then nothing is counted.
    """
    quiet(session)
    limits = [(throttling.account_key(username_key, of.prefix), of.account)]
    if address:
        limits.append((throttling.address_key(address, of.prefix), of.address))
    for key, free in limits:
        row = _locked(session, key, now)
        tries = Tries(row.count, row.last_at, row.blocked_until) if row.count else None
        wait = throttling.seconds_to_wait(tries, now)
        if wait:
            refusal = TooManyTries(f"Too many tries; wait {wait} seconds and try again.")
            refusal.retry_after = wait
            raise refusal
        _store(row, throttling.counted(tries, free, now))


def forgive_try(session: Session, username_key: str, address: str, of: Counting = SIGNING_IN) -> None:
    """The secret was right: the account starts anew, and the address gets this try back."""
    account = throttling.account_key(username_key, of.prefix)
    session.execute(delete(SignInTries).where(SignInTries.key == account))
    key = throttling.address_key(address, of.prefix)
    row = session.get(SignInTries, key, with_for_update=True) if address else None
    if row is not None:
        _store(row, throttling.forgiven(Tries(row.count, row.last_at, row.blocked_until), of.address))


def _locked(session: Session, key: str, now: datetime) -> SignInTries:
    if is_sqlite(session):
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]  # the same call on both dialects
    adding = insert(SignInTries).values(key=key, count=0, last_at=now).on_conflict_do_nothing()
    looking = (
        select(SignInTries)
        .where(SignInTries.key == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    while True:
        session.execute(adding)
        row = session.scalars(looking).one_or_none()
        if row is not None:  # else somebody's tries were forgiven between the two statements
            return row


def _store(row: SignInTries, tries: Tries) -> None:
    row.count, row.last_at, row.blocked_until = tries.count, tries.last_at, tries.blocked_until
