"""The tables that every service's database has besides its own: outbox, inbox, repair, jobs, idempotency keys, audit
log.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Integer, String, Text, Uuid, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.columns import BigId, Json, UtcDateTime


class ChassisBase(DeclarativeBase):
    """Metadata of the plumbing; each service's migrations create it beside the service's own."""


class OutboxRow(ChassisBase):
    """An event written in the transaction that made it true. Kept after sending: the repair feed reads it."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_unsent", "next_attempt_at", "id", sqlite_where=text("sent_at IS NULL"),
              postgresql_where=text("sent_at IS NULL")),
        Index("ix_outbox_subject", "subject_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    event_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    type: Mapped[str] = mapped_column(String(80))
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    subject_id: Mapped[UUID | None] = mapped_column(Uuid)
    trace: Mapped[str] = mapped_column(String(80), default="")
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_token: Mapped[UUID | None] = mapped_column(Uuid)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class InboxRow(ChassisBase):
    """An event received, unique by its id. `state`: pending, done, parked."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_due", "next_attempt_at", "received_at", sqlite_where=text("state = 'pending'"),
              postgresql_where=text("state = 'pending'")),
        Index("ix_inbox_parked", "received_at", sqlite_where=text("state = 'parked'"),
              postgresql_where=text("state = 'parked'")),
        Index("ix_inbox_subject", "subject_id", sqlite_where=text("subject_id IS NOT NULL"),
              postgresql_where=text("subject_id IS NOT NULL")),
    )  # fmt: skip

    event_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    type: Mapped[str] = mapped_column(String(80))
    producer: Mapped[str] = mapped_column(String(40))
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    subject_id: Mapped[UUID | None] = mapped_column(Uuid)
    trace: Mapped[str] = mapped_column(String(80), default="")
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="pending")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_token: Mapped[UUID | None] = mapped_column(Uuid)
    last_error: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RepairCursorRow(ChassisBase):
    """How far a producer's kept events were compared with the inbox."""

    __tablename__ = "repair_cursors"

    producer: Mapped[str] = mapped_column(String(40), primary_key=True)
    cursor: Mapped[int] = mapped_column(BigId, default=0)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class JobRow(ChassisBase):
    """One run of a job for one period, claimed by the unique key. `state`: running, done, failed."""

    __tablename__ = "jobs"

    job: Mapped[str] = mapped_column(String(80), primary_key=True)
    period: Mapped[str] = mapped_column(String(80), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    lease_token: Mapped[UUID | None] = mapped_column(Uuid)
    lease_until: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=1)
    progress: Mapped[dict[str, Any] | None] = mapped_column(Json)
    last_error: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class IdempotencyRow(ChassisBase):
    """The answer that a key got, to be given again (RULES, payments: the key)."""

    __tablename__ = "idempotency_keys"

    scope: Mapped[str] = mapped_column(String(160), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any] | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditRow(ChassisBase):
    """Who did what (chassis.audit). Rows never change; `sequence` and `hash` are filled once (chassis.audit_chain).

    `subject` is the actor's, `via` what they signed in with where the actor says so, `kind` and `object_id` what was
    changed, `outcome` done or the code of a refusal.
    """

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_at", "at", "id"),
        Index("ix_audit_subject", "subject", "at", "id"),
        Index("ix_audit_customer_id", "customer_id", "at", "id", sqlite_where=text("customer_id IS NOT NULL"),
              postgresql_where=text("customer_id IS NOT NULL")),
        Index("ix_audit_branch_id", "branch_id", "at", "id", sqlite_where=text("branch_id IS NOT NULL"),
              postgresql_where=text("branch_id IS NOT NULL")),
        Index("ix_audit_sequence", "sequence", unique=True),
        Index("ix_audit_unchained", "id", sqlite_where=text("sequence IS NULL"),
              postgresql_where=text("sequence IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    trace: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(20))
    via: Mapped[str] = mapped_column(String(80))
    call: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(80))
    customer_id: Mapped[UUID | None] = mapped_column(Uuid)
    branch_id: Mapped[UUID | None] = mapped_column(Uuid)
    outcome: Mapped[str] = mapped_column(String(80))
    detail: Mapped[dict[str, Any]] = mapped_column(Json)
    sequence: Mapped[int | None] = mapped_column(BigId)
    hash: Mapped[str | None] = mapped_column(String(64))
