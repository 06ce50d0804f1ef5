"""Payments with their allocations and invoices, and the old invoices of an import."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from billing.tables.metadata import Base, partial_index
from chassis.columns import Json, UtcDateTime


class Payment(Base):
    """A payment as taken; never altered. `answer` is what its caller was told, given again when the key
    comes again.
    """

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("caller", "idempotency_key"),
        CheckConstraint("amount_minor > 0", name="positive"),
        Index(None, "customer_id", "paid_at"),
        Index(None, "branch_id", "paid_on"),
        partial_index(
            "uq_payments_reference", "branch_id", "mode", "reference", where="mode = 'online'", unique=True
        ),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    branch_id: Mapped[UUID] = mapped_column(Uuid)
    customer_id: Mapped[UUID] = mapped_column(Uuid)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    mode: Mapped[str] = mapped_column(String(10))
    reference: Mapped[str | None] = mapped_column(String(200))
    paid_on: Mapped[date] = mapped_column(Date)
    paid_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("journal_entries.id"))
    caller: Mapped[str] = mapped_column(String(200))
    idempotency_key: Mapped[str] = mapped_column(String(255))
    fingerprint: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]] = mapped_column(Json)


class PaymentVoid(Base):
    """That a payment was reversed: by whom, when, why, by which entry. Only added to."""

    __tablename__ = "payment_voids"
    __table_args__ = (Index(None, "voided_on"),)

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"), primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("journal_entries.id"))
    voided_on: Mapped[date] = mapped_column(Date)
    voided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    voided_by: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(500))


class AllocationRow(Base):
    """The part of a payment that settles one charge. A void leaves it, and opens the charge again."""

    __tablename__ = "allocations"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="positive"), Index(None, "charge_id"))

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"), primary_key=True)
    charge_id: Mapped[UUID] = mapped_column(ForeignKey("charges.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    amount_minor: Mapped[int] = mapped_column(BigInteger)


class Invoice(Base):
    """An invoice as issued; never altered, a void is seen through its payment."""

    __tablename__ = "invoices"
    __table_args__ = (
        Index(None, "customer_id", "issued_on"),
        Index(None, "branch_id", "issued_on"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"), unique=True)
    branch_id: Mapped[UUID] = mapped_column(Uuid)
    customer_id: Mapped[UUID] = mapped_column(Uuid)
    issued_on: Mapped[date] = mapped_column(Date)
    total_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    snapshot: Mapped[dict[str, Any]] = mapped_column(Json)


class ExternalDocument(Base):
    """An invoice that the program before Headend issued: its number and what is known, without PDF or
    amount.
    """

    __tablename__ = "external_documents"
    __table_args__ = (UniqueConstraint("import_id", "source_row"), Index(None, "customer_id"))

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("imports.id"))
    source_row: Mapped[int] = mapped_column(Integer)
    branch_id: Mapped[UUID] = mapped_column(Uuid)
    customer_id: Mapped[UUID] = mapped_column(Uuid)
    series: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(40))
    issued_on: Mapped[date | None] = mapped_column(Date)
    service: Mapped[str | None] = mapped_column(String(20))
    mode: Mapped[str | None] = mapped_column(String(10))
    reference: Mapped[str | None] = mapped_column(String(200))
