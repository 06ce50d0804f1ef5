"""What is kept of API tokens."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from chassis.columns import Json, UtcDateTime
from customers.tables import Base


class ApiToken(Base):
    """A program's token, as the SHA-256 of 256 random bits. `scopes` are contracts' Scopes."""

    __tablename__ = "api_tokens"
    __table_args__ = (Index("ix_api_tokens_login_id", "login_id"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    login_id: Mapped[UUID] = mapped_column(ForeignKey("logins.id"))
    purpose: Mapped[str] = mapped_column(String(200))
    prefix: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
