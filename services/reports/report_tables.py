"""Reports that were asked for, and their files in parts: every replica can make, resume and serve each of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text, Uuid, false, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.columns import Json, UtcDateTime
from reports.tables import Base

_OPEN = text("state IN ('queued', 'running')")


class Report(Base):
    """A report that was asked for. `state`: queued, running, done, failed.

    `branch_ids` are the branches that it covers as they were when it was asked for; None is every branch there is.
    """

    __tablename__ = "reports"
    __table_args__ = (
        Index("ix_reports_open", "requested_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "finished_at"),
        Index(None, "requested_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    service_kind: Mapped[str] = mapped_column(String(20))
    branch_id: Mapped[UUID | None] = mapped_column(Uuid)
    branch_ids: Mapped[list[Any] | None] = mapped_column(Json)
    year: Mapped[int] = mapped_column(Integer)
    month: Mapped[int] = mapped_column(Integer)
    selection: Mapped[str] = mapped_column(String(20))
    format: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    tries: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer)
    total: Mapped[int] = mapped_column(Integer)
    requested_by: Mapped[str] = mapped_column(String(200))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    as_of: Mapped[datetime | None] = mapped_column(UtcDateTime)
    caught_up: Mapped[bool | None]
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str | None] = mapped_column(Text)
    file_name: Mapped[str | None] = mapped_column(String(100))
    media_type: Mapped[str | None] = mapped_column(String(100))
    size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    file_gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    monthly: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Made by itself when the month had ended (reports.monthly)."""

    @property
    def period(self) -> str:
        """The month that it is about, written "2026-11"."""
        return f"{self.year:04d}-{self.month:02d}"


class ReportPart(Base):
    """A part of a report's file; every part but the last has PART_BYTES."""

    __tablename__ = "report_parts"

    report_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("reports.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)


PART_BYTES = 512 * 1024
