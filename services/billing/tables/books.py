"""Charges, the journal and the counters of numbers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from billing.tables.metadata import Base, partial_index
from chassis.columns import UtcDateTime


class Charge(Base):
    """What a customer is asked to pay: a month of a subscription (kind recurring) or a fee.

    One recurring charge per subscription and period, whatever runs at once. `settled_minor` is what payments
    (or an
    import's opening balance) have settled; open is the rest.
    """

    __tablename__ = "charges"
    __table_args__ = (
        CheckConstraint("settled_minor >= 0 AND settled_minor <= amount_minor", name="settled_within_amount"),
        CheckConstraint(
            "kind <> 'recurring' OR subscription_id IS NOT NULL", name="recurring_has_subscription"
        ),
        partial_index(
            "uq_charges_month", "subscription_id", "period", where="kind = 'recurring'", unique=True
        ),
        partial_index("ix_charges_fees", "customer_id", "period", where="kind = 'fee'"),
        partial_index("ix_charges_open", "customer_id", "period", where="settled_minor < amount_minor"),
        # The list of debtors goes by this: who owes longest first, without looking at everybody's charges.
        partial_index("ix_charges_by_age", "period", "customer_id", where="settled_minor < amount_minor"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    branch_id: Mapped[UUID] = mapped_column(Uuid)
    customer_id: Mapped[UUID] = mapped_column(Uuid)
    subscription_id: Mapped[UUID | None] = mapped_column(ForeignKey("subscriptions.id"))
    kind: Mapped[str] = mapped_column(String(10))
    category: Mapped[str] = mapped_column(String(20))
    service: Mapped[str | None] = mapped_column(String(20))
    period: Mapped[str] = mapped_column(String(7))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    settled_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str] = mapped_column(String(3))
    note: Mapped[str] = mapped_column(String(200), default="")
    entry_id: Mapped[UUID] = mapped_column(Uuid)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)


class JournalEntry(Base):
    """One business event in the books; its lines sum to zero. `reverses` names the entry that it takes
    back.
    """

    __tablename__ = "journal_entries"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    branch_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    business_date: Mapped[date] = mapped_column(Date)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(200))
    source_id: Mapped[UUID | None] = mapped_column(Uuid)
    """The payment, run or import behind it."""
    reverses: Mapped[UUID | None] = mapped_column(ForeignKey("journal_entries.id"), unique=True)


class JournalLineRow(Base):
    """One line: debit positive, credit negative (domain.journal)."""

    __tablename__ = "journal_lines"
    __table_args__ = (
        partial_index("ix_journal_lines_customer", "customer_id", where="customer_id IS NOT NULL"),
    )

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("journal_entries.id"), primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True)
    account: Mapped[str] = mapped_column(String(20))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    customer_id: Mapped[UUID | None] = mapped_column(Uuid)
    charge_id: Mapped[UUID | None] = mapped_column(Uuid)
    service: Mapped[str | None] = mapped_column(String(20))
    category: Mapped[str | None] = mapped_column(String(20))


class Counter(Base):
    """The last number given of a branch, series and year; raised in the transaction that uses it, so
    without gaps.
    """

    __tablename__ = "counters"

    branch_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    series: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(BigInteger)


class NumberGap(Base):
    """Numbers that are never given again: they may be on paper and in e-mails that a restored backup does not know."""

    __tablename__ = "number_gaps"

    branch_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    series: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    first: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(500))
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
