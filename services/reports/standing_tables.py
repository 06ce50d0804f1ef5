"""Standing reports: who wants to be told about which report each month, and whom a report that is made is told to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from chassis.columns import UtcDateTime
from reports.tables import Base


class StandingReport(Base):
    """A member of staff wants this report of each month. Without a branch: every branch of theirs at that time.

    Who the person is now, and whether they still work here, is asked of customers each time.
    """

    __tablename__ = "standing_reports"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    service_kind: Mapped[str] = mapped_column(String(20))
    branch_id: Mapped[UUID | None] = mapped_column(Uuid)
    selection: Mapped[str] = mapped_column(String(20))
    format: Mapped[str] = mapped_column(String(10))
    first_period: Mapped[str] = mapped_column(String(7))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReportReader(Base):
    """Somebody to tell, once, that a report is made. The address is the one they had when it was begun."""

    __tablename__ = "report_readers"

    report_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("reports.id"), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(20))
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
