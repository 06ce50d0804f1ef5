"""Whose program a token belongs to, and what it may do."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.actor import Actor, Scope
from contracts.calls.customers import Me
from customers.api_token_table import ApiToken
from customers.domain.sessions import TOUCHED_EVERY
from customers.domain.sign_in_refusals import SessionOver
from customers.domain.tokens import fingerprint
from customers.people import Person, person_of
from customers.signin_tables import Login
from customers.two_step_policy import must_set_up_two_step


@dataclass(frozen=True)
class CheckedToken:
    """A token that opens doors, and whether its use is worth writing down."""

    id: UUID
    person: Person
    scopes: tuple[Scope, ...]
    must_set_up_two_step: bool
    is_due_for_touch: bool

    @property
    def counted_as(self) -> str:
        """What the program's requests are counted under."""
        return f"token:{self.id}"

    @property
    def actor(self) -> Actor:
        """The person, within the token's scopes."""
        whole = self.person.actor(may_nothing_yet=self.must_set_up_two_step)
        return whole.model_copy(update={"scopes": frozenset(self.scopes)})

    @property
    def me(self) -> Me:
        """What the program is told about itself."""
        whole = self.person.me(must_change_password=False, must_set_up_two_step=self.must_set_up_two_step)
        return whole.model_copy(update={"scopes": self.scopes})


def check_api_token(session: Session, token: str, clock: Clock) -> CheckedToken:
    """The token; only reads. Raises SessionOver."""
    row = session.execute(
        select(ApiToken, Login)
        .join(Login, Login.id == ApiToken.login_id)
        .where(ApiToken.token_hash == fingerprint(token), ApiToken.revoked_at.is_(None))
    ).one_or_none()
    if row is None:
        raise _over()
    found, login = row[0], row[1]
    person, now = person_of(session, login), clock.now()
    if now >= found.expires_at or login.is_closed or not person.is_served:
        raise _over()
    return CheckedToken(
        id=found.id, person=person, scopes=tuple(Scope(scope) for scope in found.scopes),
        must_set_up_two_step=must_set_up_two_step(session, login.id, person.role),
        is_due_for_touch=found.last_used_at is None or now - found.last_used_at >= TOUCHED_EVERY,
    )  # fmt: skip


def touch_api_token(session: Session, token_id: UUID, clock: Clock) -> None:
    """Write down that the token was used now."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=clock.now()))


def _over() -> SessionOver:
    return SessionOver("There is no such API token, or it was revoked or is over; make a new one.")
