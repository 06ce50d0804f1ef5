"""Billing and dunning runs with their progress, reminders given, and imports."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from billing.tables.metadata import Base, partial_index
from chassis.columns import Json, UtcDateTime


class Run(Base):
    """A billing or dunning run. Each chunk commits with its progress, so a run goes on where a crash stopped
    it.

    `state`: queued, running, done, failed. `branch_ids` are done one after the other: `position` says which
    is under
    way, `cursor` the last subscription (billing) or customer (dunning) of it that was looked at. `raised`
    sums what
    was charged or reminded of, per currency in minor units. `statuses_pending`: the status job still has to
    follow.
    """

    __tablename__ = "runs"
    __table_args__ = (
        partial_index("ix_runs_unfinished", "started_at", where="finished_at IS NULL OR statuses_pending"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    branch_id: Mapped[UUID | None] = mapped_column(Uuid)
    branch_ids: Mapped[list[str]] = mapped_column(Json)
    position: Mapped[int] = mapped_column(Integer, default=0)
    cursor: Mapped[UUID | None] = mapped_column(Uuid)
    period: Mapped[str | None] = mapped_column(String(7))
    business_date: Mapped[date | None] = mapped_column(Date)
    preview: Mapped[bool] = mapped_column(Boolean, default=False)
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    raised_count: Mapped[int] = mapped_column(Integer, default=0)
    raised: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    statuses_pending: Mapped[bool] = mapped_column(Boolean, default=False)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    started_by: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str | None] = mapped_column(String(1000))
    choice: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """Whom a dunning run reminds (reminding.Choice); None: everybody with dues."""


class Promise(Base):
    """That a customer promised to pay until a day. One of each customer is not withdrawn; a new one replaces it."""

    __tablename__ = "promises"
    __table_args__ = (
        partial_index("uq_promises_standing", "customer_id", where="withdrawn_at IS NULL", unique=True),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(Uuid)
    promised_until: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(200), default="")
    made_by: Mapped[str] = mapped_column(String(200))
    made_by_name: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(String(200))


class Reminder(Base):
    """That a customer was reminded on a business date: at most once (RULES, dues and reminders)."""

    __tablename__ = "reminders"

    customer_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    business_date: Mapped[date] = mapped_column(Date, primary_key=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id"))
    total_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    stage: Mapped[str | None] = mapped_column(String(10))


class Import(Base):
    """An import under way or complete; what it brought is billable when `completed_at` is set."""

    __tablename__ = "imports"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    source: Mapped[str] = mapped_column(String(200))
    started_by: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
