"""Copies of what the customers service owns, kept by version from its events (DESIGN, 3)."""

from typing import Any
from uuid import UUID

from sqlalchemy import Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from billing.tables.metadata import Base, partial_index
from chassis.columns import Json


class BranchCopy(Base):
    """A branch as its newest event or answer told. Its row is never locked: policy is read as it stands."""

    __tablename__ = "branches_copy"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(8))
    card: Mapped[dict[str, Any]] = mapped_column(Json)


class CustomerCopy(Base):
    """A customer as its newest event or answer told. Whoever changes a customer's money locks this row
    first.
    """

    __tablename__ = "customers_copy"
    __table_args__ = (
        Index(None, "branch_id", "id"),
        Index(None, "branch_id", "area_key"),
        partial_index("ix_customers_copy_unserved", "id", where="state <> 'active'"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    branch_id: Mapped[UUID] = mapped_column(Uuid)
    state: Mapped[str] = mapped_column(String(20))
    area_key: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """The area of the address as it is compared (domain/reminding.py)."""
    card: Mapped[dict[str, Any]] = mapped_column(Json)
