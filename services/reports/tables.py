"""The read model: what the events of customers and billing told, kept so that reports can be read from it.

Rows are only added, or replaced by a higher version, so that events may come in any order and more than once.
"""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, Index, Integer, MetaData, String, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.columns import BigId, Json


class Base(DeclarativeBase):
    """Mapped classes of reports. Constraints have names, so that migrations find them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class BranchCopy(Base):
    """A branch as its newest event told."""

    __tablename__ = "branches_copy"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(200))
    card: Mapped[dict[str, Any]] = mapped_column(Json)


class CustomerCopy(Base):
    """A customer as their newest event told."""

    __tablename__ = "customers_copy"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    branch_id: Mapped[UUID] = mapped_column(Uuid)
    crf: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    mobile: Mapped[str | None] = mapped_column(String(30))
    area: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20))
    card: Mapped[dict[str, Any]] = mapped_column(Json)


class SubscriptionCopy(Base):
    """A subscription as its newest event told."""

    __tablename__ = "subscriptions_copy"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    customer_id: Mapped[UUID] = mapped_column(Uuid)
    branch_id: Mapped[UUID] = mapped_column(Uuid)
    service: Mapped[str] = mapped_column(String(20))
    plan_code: Mapped[str] = mapped_column(String(40))
    plan_name: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(20))
    started_on: Mapped[date] = mapped_column(Date)
    expires_on: Mapped[date] = mapped_column(Date)


class Charge(Base):
    """A charge as raised; it never changes. Amounts are minor units of `currency`.

    What is open of it = amount - settled before the import - its allocations of payments that are not voided.
    """

    __tablename__ = "charges"
    __table_args__ = (Index(None, "period", "service", "branch_id"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    branch_id: Mapped[UUID] = mapped_column(Uuid)
    customer_id: Mapped[UUID] = mapped_column(Uuid)
    subscription_id: Mapped[UUID | None] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(String(20))
    category: Mapped[str] = mapped_column(String(30))
    service: Mapped[str | None] = mapped_column(String(20))
    period: Mapped[str] = mapped_column(String(7))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    settled_minor: Mapped[int] = mapped_column(BigInteger)


class Payment(Base):
    """A payment as taken; it never changes. Whether it still stands says PaymentVoid."""

    __tablename__ = "payments"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[str] = mapped_column(String(40))
    invoice_number: Mapped[str] = mapped_column(String(40))
    branch_id: Mapped[UUID] = mapped_column(Uuid)
    customer_id: Mapped[UUID] = mapped_column(Uuid)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    mode: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str | None] = mapped_column(String(200))
    paid_on: Mapped[date] = mapped_column(Date)
    received_by: Mapped[str] = mapped_column(String(200))


class PaymentAllocation(Base):
    """The part of a payment that settles one charge; period and service are those of the charge."""

    __tablename__ = "allocations"
    __table_args__ = (Index(None, "period", "service"),)

    payment_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    charge_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    service: Mapped[str | None] = mapped_column(String(20))
    period: Mapped[str] = mapped_column(String(7))
    amount_minor: Mapped[int] = mapped_column(BigInteger)


class PaymentVoid(Base):
    """A payment that was reversed; may be here before its payment is."""

    __tablename__ = "payment_voids"

    payment_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    voided_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(500))


class FigureKind(StrEnum):
    """What is counted or summed: `at` and `detail` of a figure mean another thing for each."""

    SUBSCRIPTIONS = "subscriptions"
    """Subscriptions by status (`detail`); no `at`."""
    RENEWALS = "renewals"
    """Active subscriptions by the day on which they expire (`at`)."""
    TAKINGS = "takings"
    """What payments that stand settled, by day of payment (`at`) and mode (`detail`)."""
    PENDING = "pending"
    """What is open of charges, by period (`at`)."""


class Figure(Base):
    """A count and a sum in minor units; with the changes that wait in FigureChange it is what the dashboard shows.

    Empty text stands for none. There is one row per branch, day and service, however many customers there are.
    """

    __tablename__ = "figures"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    branch_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    at: Mapped[str] = mapped_column(String(10), primary_key=True)
    service: Mapped[str] = mapped_column(String(20), primary_key=True)
    detail: Mapped[str] = mapped_column(String(20), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    minor: Mapped[int] = mapped_column(BigInteger)


class FigureChange(Base):
    """What one event changed of a figure, written in the transaction of its projection.

    Rows are only added, so that no two projections wait for each other's figure; a job adds them up (fold_figures).
    """

    __tablename__ = "figure_changes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(20))
    branch_id: Mapped[UUID] = mapped_column(Uuid)
    at: Mapped[str] = mapped_column(String(10))
    service: Mapped[str] = mapped_column(String(20))
    detail: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    count: Mapped[int] = mapped_column(BigInteger)
    minor: Mapped[int] = mapped_column(BigInteger)
