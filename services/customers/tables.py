"""What customers keeps: branches, staff, customers and counters. See also `signin_tables` and `complaint_tables`."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    Uuid,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.columns import Json, UtcDateTime
from chassis.field_keys import FieldKeys
from customers.domain import search
from customers.domain.masking import LONGEST_MASKED, masked


class Base(DeclarativeBase):
    """Mapped classes of customers. Constraints have names, so that migrations find them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Branch(Base):
    """A branch with its policy. The card in BranchChanged is made from this row; `version` counts its changes."""

    __tablename__ = "branches"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    currency: Mapped[str] = mapped_column(String(3))
    time_zone: Mapped[str] = mapped_column(String(60))
    locale: Mapped[str] = mapped_column(String(20))
    tax_id: Mapped[str] = mapped_column(String(200), default="")
    letterhead: Mapped[list[str]] = mapped_column(Json, default=list)
    minimum_payment_minor: Mapped[int] = mapped_column(BigInteger)
    invoicing: Mapped[str] = mapped_column(String(20))
    proration: Mapped[str] = mapped_column(String(20))
    grace_days: Mapped[int] = mapped_column(Integer)
    suspend_after_days: Mapped[int] = mapped_column(Integer)
    cash_desk: Mapped[str] = mapped_column(String(20), default="optional")
    reminder_days: Mapped[list[int]] = mapped_column(Json, default=list)
    reminder_pause_days: Mapped[int] = mapped_column(Integer, default=7, server_default="7")
    reminder_stages: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    """StageRules as they are said; None: one friendly stage."""
    complaint_reopen_days: Mapped[int] = mapped_column(Integer, default=7, server_default="7")
    upi_id: Mapped[str] = mapped_column(String(100), default="", server_default="")
    iban: Mapped[str] = mapped_column(String(34), default="", server_default="")
    bic: Mapped[str] = mapped_column(String(11), default="", server_default="")
    account_name: Mapped[str] = mapped_column(String(70), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffMember(Base):
    """Somebody who works for the operator. `role` and `state` are contracts' Role and CustomerState."""

    __tablename__ = "staff"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffBranch(Base):
    """A branch that a member of staff works in; an operator admin has none, as all are theirs."""

    __tablename__ = "staff_branches"
    __table_args__ = (Index("ix_staff_branches_branch_id", "branch_id"),)

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branches.id"), primary_key=True)


_PLAIN = text("id_number <> ''")


class Customer(Base):
    """A customer of a branch. `search`, `name_key`, `crf_key` and the mobile's columns are made by domain/search.py.

    `mobile_digits` finds a mobile by its beginning, `mobile_reversed` by its ending (without the country code).
    """

    __tablename__ = "customers"
    __table_args__ = (
        Index(
            "ix_customers_search",
            "search",
            postgresql_using="gin",
            postgresql_ops={"search": "gin_trgm_ops"},
            postgresql_with={
                "fastupdate": "off"
            },  # else a search right after an import reads the pending list
        ),
        Index("ix_customers_crf_prefix", "crf_key", postgresql_ops={"crf_key": "text_pattern_ops"}),
        Index(
            "ix_customers_mobile_prefix",
            "mobile_digits",
            postgresql_ops={"mobile_digits": "text_pattern_ops"},
        ),
        Index(
            "ix_customers_mobile_ending",
            "mobile_reversed",
            postgresql_ops={"mobile_reversed": "text_pattern_ops"},
        ),
        Index("ix_customers_by_name", "name_key", "id"),
        Index("ix_customers_by_branch_and_name", "branch_id", "name_key", "id"),
        Index("ix_customers_by_area", "area", "name_key", "id"),
        Index("ix_customers_by_age", "created_at", "id"),
        Index("ix_customers_plain_id_number", "id", sqlite_where=_PLAIN, postgresql_where=_PLAIN),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branches.id"))
    crf: Mapped[str] = mapped_column(String(40))
    crf_key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(Text)
    search: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(String(254))
    mobile: Mapped[str | None] = mapped_column(String(30))
    mobile_digits: Mapped[str] = mapped_column(String(30), default="")
    mobile_reversed: Mapped[str] = mapped_column(String(30), default="")
    date_of_birth: Mapped[date | None] = mapped_column(Date)
    id_type: Mapped[str] = mapped_column(String(200), default="")
    id_number_sealed: Mapped[str] = mapped_column(Text, default="", server_default="")
    """The ID number, encrypted (chassis.field_keys)."""
    id_number_masked: Mapped[str] = mapped_column(String(LONGEST_MASKED), default="", server_default="")
    """What everybody may see of it."""
    plain_id_number: Mapped[str] = mapped_column("id_number", String(200), default="")
    """Where older versions wrote it; a job encrypts what comes here (decision 0017)."""
    house_name: Mapped[str] = mapped_column(String(200), default="")
    street: Mapped[str] = mapped_column(String(200), default="")
    area: Mapped[str] = mapped_column(String(200), default="")
    district: Mapped[str] = mapped_column(String(200), default="")
    province: Mapped[str] = mapped_column(String(200), default="")
    country: Mapped[str] = mapped_column(String(200), default="")
    postal_code: Mapped[str] = mapped_column(String(200), default="")
    locale: Mapped[str] = mapped_column(String(20))
    notes: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(20))
    """CustomerState; the province of the address is `province`, which the API calls `state`."""
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the personal data was removed; CRF number, branch and ledger stay."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def set_name(self, name: str) -> None:
        """The name, with what finds and sorts it."""
        self.name, self.name_key, self.search = name, search.name_key(name), search.search_text(name)

    def set_mobile(self, mobile: str | None) -> None:
        """The mobile, with what finds it."""
        self.mobile, self.mobile_digits = mobile, search.digits(mobile or "")
        self.mobile_reversed = self.mobile_digits[::-1]

    def set_crf(self, crf: str) -> None:
        """The CRF number, with what finds it."""
        self.crf, self.crf_key = crf, search.crf_key(crf)

    def set_id_number(self, number: str, keys: FieldKeys) -> None:
        """The ID number, encrypted; an empty one removes it."""
        self.id_number_sealed = keys.encrypt(number, self._place_of_id_number)
        self.id_number_masked, self.plain_id_number = masked(number), ""

    def id_number(self, keys: FieldKeys) -> str:
        """The ID number in clear. Raises FieldUnreadable."""
        return self.plain_id_number or keys.decrypt(self.id_number_sealed or "", self._place_of_id_number)

    def shown_id_number(self) -> str:
        """The ID number as everybody may see it."""
        return masked(self.plain_id_number) or self.id_number_masked or ""

    @property
    def _place_of_id_number(self) -> str:
        return f"customers.id_number:{self.id}"


class HistoryEntry(Base):
    """What happened to a customer's record: who, when, why. `kind` is contracts' HistoryKind.

    `changes` are [field, before, after] as texts; emptied when the customer is erased.
    """

    __tablename__ = "customer_history"
    __table_args__ = (Index("ix_customer_history_customer_id", "customer_id", "at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"))
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500), default="")
    changes: Mapped[list[list[str]]] = mapped_column(Json, default=list)
    by_subject: Mapped[str] = mapped_column(String(100))
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Counter(Base):
    """A number that is counted up under a row lock."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)
