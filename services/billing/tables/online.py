"""Payments that customers make by themselves, from their start to what became of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from billing.tables.metadata import Base, partial_index
from chassis.columns import UtcDateTime


class OnlinePayment(Base):
    """The intent of a payment; the payment itself is a row of `payments`, made once when the money has come.

    `state` and `provider` are contracts' OnlineState and OnlineProvider; `received_*` only where a provider received
    another amount.
    """

    __tablename__ = "online_payments"
    __table_args__ = (
        UniqueConstraint("caller", "idempotency_key"),
        CheckConstraint("amount_minor > 0", name="positive"),
        Index(None, "customer_id", "started_at"),
        Index(None, "state", "branch_id", "changed_at"),
        partial_index(
            "uq_online_payments_reference", "branch_id", "reference",
            where="state IN ('awaiting', 'settled', 'unallocated')", unique=True,
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    code: Mapped[str] = mapped_column(String(35), unique=True)
    branch_id: Mapped[UUID] = mapped_column(Uuid)
    customer_id: Mapped[UUID] = mapped_column(Uuid)
    provider: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    service: Mapped[str | None] = mapped_column(String(20))
    reference: Mapped[str | None] = mapped_column(String(80))
    problem: Mapped[str | None] = mapped_column(String(500))
    received_minor: Mapped[int | None] = mapped_column(BigInteger)
    received_currency: Mapped[str | None] = mapped_column(String(3))
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payments.id"), unique=True)
    payment_number: Mapped[str | None] = mapped_column(String(40))
    decided_by: Mapped[str | None] = mapped_column(String(200))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    caller: Mapped[str] = mapped_column(String(200))
    idempotency_key: Mapped[str] = mapped_column(String(255))
    fingerprint: Mapped[str] = mapped_column(String(64))
