"""Cash desks from opening to closing, and the cash that moved at them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from billing.tables.metadata import Base, partial_index
from chassis.columns import UtcDateTime


class CashSessionRow(Base):
    """A cash desk that a cashier opened, one at a time; closed once, and never changed after that."""

    __tablename__ = "cash_sessions"
    __table_args__ = (
        partial_index("uq_cash_sessions_open", "cashier", where="closed_at IS NULL", unique=True),
        Index(None, "branch_id", "business_date"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    branch_id: Mapped[UUID] = mapped_column(Uuid)
    cashier: Mapped[str] = mapped_column(String(200))
    cashier_name: Mapped[str] = mapped_column(String(200))
    currency: Mapped[str] = mapped_column(String(3))
    business_date: Mapped[date] = mapped_column(Date)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opening_minor: Mapped[int] = mapped_column(BigInteger)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str | None] = mapped_column(String(200))
    expected_minor: Mapped[int | None] = mapped_column(BigInteger)
    counted_minor: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(String(200), default="")
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("journal_entries.id"))
    """The journal entry of the difference, when there was one."""


class CashLine(Base):
    """Cash that came in for a payment (`kind` payment, above zero) or went out for its void (below). Only added to."""

    __tablename__ = "cash_lines"
    __table_args__ = (Index(None, "session_id"),)

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("cash_sessions.id"))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
