"""Complaints and what happened to each."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.columns import BigId, UtcDateTime
from customers.tables import Base

_OPEN = text("state = 'open'")


class Complaint(Base):
    """A complaint of a customer. `branch_id` follows the customer; `source` is set for those of another program.

    `state`, `kind` and `service` are contracts' ComplaintState, ComplaintKind and Service.
    """

    __tablename__ = "complaints"
    __table_args__ = (
        UniqueConstraint("source", "source_number"),
        Index("ix_complaints_by_time", "filed_at", "id"),
        Index("ix_complaints_by_branch", "branch_id", "filed_at", "id"),
        Index("ix_complaints_by_customer", "customer_id", "filed_at", "id"),
        # What waits, counted for the first page and listed most; the resolved ones of many years are not in it.
        Index("ix_complaints_open", "branch_id", "read_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_complaints_assigned", "assigned_to", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[str] = mapped_column(String(100), unique=True)
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branches.id"))
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"))
    kind: Mapped[str] = mapped_column(String(20))
    service: Mapped[str | None] = mapped_column(String(20))
    message: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    filed_on: Mapped[date] = mapped_column(Date)
    """The business date of the branch, from which its age is counted."""
    filed_by: Mapped[str] = mapped_column(String(200))
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    assigned_to: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_on: Mapped[date | None] = mapped_column(Date)
    resolution: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(String(40))
    source_number: Mapped[str | None] = mapped_column(String(40))
    source_kind: Mapped[str | None] = mapped_column(String(200))
    """How the other program named its kind."""


class ComplaintMove(Base):
    """Something that happened to a complaint: who, when, what. `step` is contracts' ComplaintStep."""

    __tablename__ = "complaint_moves"
    __table_args__ = (Index("ix_complaint_moves_complaint_id", "complaint_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"))
    step: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text, default="")
    by_subject: Mapped[str] = mapped_column(String(100))
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
