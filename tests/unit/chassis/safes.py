"""A table with an encrypted column, as tests of field keys need it."""

from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.field_keys import FieldKeys
from chassis.resealing import SealedColumn


class _Base(DeclarativeBase):
    """The tables of these tests."""


class Safe(_Base):
    """A row with a secret."""

    __tablename__ = "safes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sealed: Mapped[str]

    @staticmethod
    def id_of(number: int) -> UUID:
        return UUID(int=number)

    @staticmethod
    def of(number: int, keys: FieldKeys, column: SealedColumn) -> dict[str, Any]:
        """A row with a secret of its own."""
        row_id = Safe.id_of(number)
        return {"id": row_id, "sealed": keys.encrypt(f"secret {number}", column.place_of(row_id))}


SAFES = cast(Table, Safe.__table__)
