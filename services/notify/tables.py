"""Tables of notify: messages with their attachments, copies of customers and branches, own words of letters."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.columns import BigId, Json, UtcDateTime


class Base(DeclarativeBase):
    """Mapped classes of notify. Constraints have names, so that migrations can find them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


_DUE = text("next_attempt_at IS NOT NULL")
_SENDING = text("state = 'sending'")
_FAILED = text("state = 'failed'")
_COMMON = text("branch_id IS NULL")
_SECRET = text("secret_expires_at IS NOT NULL")


class Message(Base):
    """A message to one recipient. One event makes one message per recipient and template.

    `body` is all that the words are made from, as the event told it. `next_attempt_at` is, by the database's clock,
    when the row is to be looked at: tried, or, while somebody holds it (`lease_token`), taken over; NULL when nothing
    is left to do.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("event_id", "template", "recipient"),
        Index(
            "ix_messages_next",
            "priority",
            "next_attempt_at",
            "created_at",
            sqlite_where=_DUE,
            postgresql_where=_DUE,
        ),
        Index("ix_messages_sending", "next_attempt_at", sqlite_where=_SENDING, postgresql_where=_SENDING),
        Index("ix_messages_secret", "secret_expires_at", sqlite_where=_SECRET, postgresql_where=_SECRET),
        Index("ix_messages_failed", "created_at", sqlite_where=_FAILED, postgresql_where=_FAILED),
        Index(None, "customer_id", "created_at", "id"),
        Index(None, "branch_id", "created_at", "id"),
        Index(None, "created_at", "id"),
        Index(None, "recipient", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    event_id: Mapped[UUID | None] = mapped_column(Uuid)
    """NULL for a message that was sent again; `resend_of` leads to the first one."""
    mail_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    """The uuid in the Message-ID: the event's, or, for a message sent again, one of its own."""
    resend_of: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id"), index=True)
    resent_by: Mapped[str | None] = mapped_column(String(200))
    template: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(10))
    priority: Mapped[int] = mapped_column(Integer)
    customer_id: Mapped[UUID | None] = mapped_column(Uuid)
    branch_id: Mapped[UUID | None] = mapped_column(Uuid)
    recipient: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(500))
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    secret_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trace: Mapped[str] = mapped_column(String(80), default="")
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_token: Mapped[UUID | None] = mapped_column(Uuid)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str | None] = mapped_column(Text)
    repeated: Mapped[bool] = mapped_column(default=False)


class Attachment(Base):
    """The file that goes with a message, kept so that every try sends the same bytes."""

    __tablename__ = "attachments"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SentInSecond(Base):
    """How many messages all replicas together began to send in one second (unix time): the limit per minute."""

    __tablename__ = "sent_in_second"

    second: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(Integer)


class BranchCopy(Base):
    """A branch as its newest event told."""

    __tablename__ = "branches_copy"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    card: Mapped[dict[str, Any]] = mapped_column(Json)


class CustomerCopy(Base):
    """A customer as their newest event told: which branch sees their messages, and where a repeated one goes."""

    __tablename__ = "customers_copy"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    branch_id: Mapped[UUID] = mapped_column(Uuid)
    card: Mapped[dict[str, Any]] = mapped_column(Json)


class Wording(Base):
    """Words that an operator wrote for a letter: each change is a row, `is_current` marks the newest of its place.

    `branch_id` NULL: for all branches. Without subject and body: back to the standard text.
    """

    __tablename__ = "template_overrides"
    __table_args__ = (
        Index(
            "uq_template_overrides_common", "template", "locale", "version", unique=True,
            sqlite_where=_COMMON, postgresql_where=_COMMON,
        ),
        UniqueConstraint("template", "locale", "branch_id", "version"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    template: Mapped[str] = mapped_column(String(40))
    locale: Mapped[str] = mapped_column(String(20))
    branch_id: Mapped[UUID | None] = mapped_column(Uuid)
    version: Mapped[int] = mapped_column(Integer)
    is_current: Mapped[bool] = mapped_column()
    subject: Mapped[str | None] = mapped_column(String(200))
    body: Mapped[str | None] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
