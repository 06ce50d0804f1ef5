"""Plans with their prices; subscriptions with their moves and stops."""

from datetime import date, datetime
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
from chassis.columns import UtcDateTime


class Plan(Base):
    """A plan of one branch; what it costs stands in plan_prices."""

    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("branch_id", "code"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    service: Mapped[str] = mapped_column(String(20))
    branch_id: Mapped[UUID] = mapped_column(Uuid)
    currency: Mapped[str] = mapped_column(String(3))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PlanPrice(Base):
    """A price of a plan from a date on."""

    __tablename__ = "plan_prices"
    __table_args__ = (CheckConstraint("price_minor >= 0", name="not_negative"),)

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    price_minor: Mapped[int] = mapped_column(BigInteger)
    set_by: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Subscription(Base):
    """A customer's subscription. `price_minor` is its own price; without one the plan's price holds.

    `opening_expires_on` is the expiry while nothing is settled: started_on, or the day before billed_from
    when an
    import says that the months before were settled elsewhere. `version` grows with every change of status or
    expiry.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        Index(None, "branch_id", "id"),
        Index(None, "customer_id"),
        partial_index("ix_subscriptions_import", "import_id", where="import_id IS NOT NULL"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(Uuid)
    branch_id: Mapped[UUID] = mapped_column(Uuid)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"))
    service: Mapped[str] = mapped_column(String(20))
    price_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(String(20))
    started_on: Mapped[date] = mapped_column(Date)
    billed_from: Mapped[str] = mapped_column(String(7))
    expires_on: Mapped[date] = mapped_column(Date)
    opening_expires_on: Mapped[date] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(Integer, default=1)
    import_id: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SubscriptionMove(Base):
    """One move of a subscription from status to status: who, when, why. Only added to."""

    __tablename__ = "subscription_moves"
    __table_args__ = (Index(None, "subscription_id"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscriptions.id"))
    from_status: Mapped[str | None] = mapped_column(String(20))
    to_status: Mapped[str] = mapped_column(String(20))
    business_date: Mapped[date] = mapped_column(Date)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    moved_by: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(500))


class SubscriptionStop(Base):
    """A stretch without service: whole months in it are not charged. `resumed_on` NULL while it lasts."""

    __tablename__ = "subscription_stops"

    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscriptions.id"), primary_key=True)
    stopped_on: Mapped[date] = mapped_column(Date, primary_key=True)
    resumed_on: Mapped[date | None] = mapped_column(Date)
