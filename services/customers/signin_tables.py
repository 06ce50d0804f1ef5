"""What sign-in keeps: logins, one-time links and codes, sessions and the tries of those who guess."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Uuid, false, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.columns import UtcDateTime
from customers.tables import Base

_OF_STAFF = text("staff_id IS NOT NULL")


class Login(Base):
    """How one member of staff or one customer signs in. No password at all means: only by a one-time link.

    `password_hash` is Argon2; `one_time_hash` the SHA-256 of a random password that opens one session once.
    """

    __tablename__ = "logins"
    __table_args__ = (
        CheckConstraint("(staff_id IS NULL) <> (customer_id IS NULL)", name="one_owner"),
        # The list of staff goes by this: by user name, and past nobody's customers.
        Index("ix_logins_staff", "username_key", sqlite_where=_OF_STAFF, postgresql_where=_OF_STAFF),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    username: Mapped[str] = mapped_column(String(100))
    username_key: Mapped[str] = mapped_column(String(100), unique=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"), unique=True)
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id"), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    password_set_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    one_time_hash: Mapped[str | None] = mapped_column(String(64))
    one_time_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_closed: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OneTimeLink(Base):
    """A mailed link that sets a password once."""

    __tablename__ = "one_time_links"
    __table_args__ = (Index("ix_one_time_links_login_id", "login_id", "issued_at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    login_id: Mapped[UUID] = mapped_column(ForeignKey("logins.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PasswordCode(Base):
    """A mailed code that sets a password once. One for a name that nobody has is kept alike, and mailed to nobody.

    `account` is the digest of the name as typed, `code_hash` the keyed digest of the code (domain/codes.py).
    """

    __tablename__ = "password_codes"
    __table_args__ = (
        Index("ix_password_codes_account", "account", "issued_at"),
        Index("ix_password_codes_login_id", "login_id", "issued_at"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    login_id: Mapped[UUID | None] = mapped_column(ForeignKey("logins.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(Integer, default=0)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EmailChange(Base):
    """A customer's new e-mail address that holds when the link mailed to it is followed, by the digest of its token."""

    __tablename__ = "email_changes"
    __table_args__ = (Index("ix_email_changes_customer_id", "customer_id", "issued_at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"))
    email: Mapped[str] = mapped_column(String(254))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LoginSession(Base):
    """Somebody is signed in. Ended sessions stay until the nightly purge.

    `needs_code`: they have given their password only, and this is the right to type a code. `address` and `browser` are
    as rough as domain/whereabouts.py makes them.
    """

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_login_id", "login_id"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    login_id: Mapped[UUID] = mapped_column(ForeignKey("logins.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=False)
    needs_code: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    address: Mapped[str] = mapped_column(String(60), default="", server_default="")
    browser: Mapped[str] = mapped_column(String(60), default="", server_default="")
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInTries(Base):
    """Tries to sign in to an account or from an address, counted before the password is looked at."""

    __tablename__ = "sign_in_tries"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RequestCount(Base):
    """How many requests of a minute were handed out to gateways for a person, program or address."""

    __tablename__ = "request_counts"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    window_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    count: Mapped[int] = mapped_column(Integer)
