"""What two-step sign-in keeps, and the history of how people sign in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from chassis.columns import UtcDateTime
from chassis.field_keys import FieldKeys
from customers.tables import Base


class TwoStep(Base):
    """The secret of a login's app, encrypted. Without `confirmed_at` it waits for its first code.

    `last_step` is the newest time step whose code was used: no code is good twice. `failures` are wrong codes in a row.
    """

    __tablename__ = "two_steps"

    login_id: Mapped[UUID] = mapped_column(ForeignKey("logins.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(Text)
    """The secret's hexadecimal digits, encrypted (chassis.field_keys)."""
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    failures: Mapped[int] = mapped_column(Integer, default=0)

    def seal(self, secret: bytes, keys: FieldKeys) -> None:
        """Keep the secret, encrypted for this login."""
        self.secret = keys.encrypt(secret.hex(), self._place_of_secret)

    def opened(self, keys: FieldKeys) -> bytes:
        """The secret in clear. Raises FieldUnreadable."""
        return bytes.fromhex(keys.decrypt(self.secret, self._place_of_secret))

    @property
    def _place_of_secret(self) -> str:
        return f"customers.two_step:{self.login_id}"


class RecoveryCode(Base):
    """A code that stands in for the app once, as the SHA-256 of 79 random bits."""

    __tablename__ = "recovery_codes"
    __table_args__ = (Index("ix_recovery_codes_login_id", "login_id"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    login_id: Mapped[UUID] = mapped_column(ForeignKey("logins.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TwoStepRole(Base):
    """A role whose people must sign in in two steps."""

    __tablename__ = "two_step_roles"

    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class SignInHistory(Base):
    """What happened to somebody's ways of signing in, and by whom. `change` is contracts' SignInChange."""

    __tablename__ = "sign_in_history"
    __table_args__ = (Index("ix_sign_in_history_login_id", "login_id", "at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    login_id: Mapped[UUID] = mapped_column(ForeignKey("logins.id"))
    change: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(String(200), default="")
    by_subject: Mapped[str] = mapped_column(String(100))
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
