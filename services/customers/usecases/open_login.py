"""Give a new member of staff or customer a login."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from customers.domain.refusals import UsernameTaken
from customers.domain.tokens import ONE_TIME_LIFE, password_fingerprint
from customers.domain.usernames import username_key
from customers.signin_tables import Login


def open_login(
    session: Session, usernames: Iterable[str], now: datetime, *, staff_id: UUID | None = None,
    customer_id: UUID | None = None, one_time_password: str | None = None,
) -> Login:  # fmt: skip
    """Take the first username that is free; the login has no password yet but the one-time one, if given.

    Raises UsernameTaken when none of them is free.
    """
    for username in usernames:
        key = username_key(username)
        if session.scalar(select(Login.id).where(Login.username_key == key)) is not None:
            continue
        login = Login(
            id=uuid4(),
            username=username,
            username_key=key,
            staff_id=staff_id,
            customer_id=customer_id,
            created_at=now,
        )
        if one_time_password is not None:
            login.one_time_hash = password_fingerprint(one_time_password)
            login.one_time_expires_at = now + ONE_TIME_LIFE
        try:
            with session.begin_nested():
                session.add(login)
        except IntegrityError:
            continue  # somebody took it a moment ago
        return login
    raise UsernameTaken("Somebody signs in with this username already; choose another one.", field="username")
