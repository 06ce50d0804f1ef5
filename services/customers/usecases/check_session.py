"""Who a session token belongs to."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.audit import quiet
from chassis.clock import Clock
from contracts.actor import Actor
from contracts.calls.customers import Me
from customers.domain.sessions import is_alive, is_due_for_touch, session_life
from customers.domain.sign_in_refusals import CodeNeeded, SessionOver
from customers.domain.tokens import fingerprint
from customers.people import Person, person_of
from customers.signin_tables import Login, LoginSession
from customers.two_step_policy import must_set_up_two_step


@dataclass(frozen=True)
class CheckedSession:
    """A session that opens doors, and whether its use is worth writing down."""

    id: UUID
    login_id: UUID
    must_change_password: bool
    must_set_up_two_step: bool
    person: Person
    is_due_for_touch: bool

    @property
    def counted_as(self) -> str:
        """What the person's requests are counted under, however many sessions they have."""
        return f"login:{self.login_id}"

    @property
    def actor(self) -> Actor:
        """The caller that the session stands for."""
        return self.person.actor(may_nothing_yet=self.must_change_password or self.must_set_up_two_step)

    @property
    def me(self) -> Me:
        """What the person is told about themself."""
        return self.person.me(
            must_change_password=self.must_change_password, must_set_up_two_step=self.must_set_up_two_step
        )


def check_session(session: Session, token: str, clock: Clock) -> CheckedSession:
    """The session of the token; only reads. Raises SessionOver, CodeNeeded."""
    row = session.execute(
        select(LoginSession, Login)
        .join(Login, Login.id == LoginSession.login_id)
        .where(LoginSession.token_hash == fingerprint(token), LoginSession.ended_at.is_(None))
    ).one_or_none()
    if row is None:
        raise _over()
    found, login = row[0], row[1]
    if found.needs_code:
        raise CodeNeeded(
            "The password was right, and a code is due; send it with POST /api/v1/sessions/second-step."
        )
    person, now = person_of(session, login), clock.now()
    alive = is_alive(session_life(person.role), found.touched_at, found.ends_at, now)
    if not alive or login.is_closed or not person.is_served:
        raise _over()
    return CheckedSession(
        id=found.id, login_id=login.id, must_change_password=found.must_change_password, person=person,
        must_set_up_two_step=must_set_up_two_step(session, login.id, person.role),
        is_due_for_touch=is_due_for_touch(found.touched_at, now),
    )  # fmt: skip


def touch_session(session: Session, session_id: UUID, clock: Clock) -> None:
    """Write down that the session was used now."""
    quiet(session)
    session.execute(update(LoginSession).where(LoginSession.id == session_id).values(touched_at=clock.now()))


def _over() -> SessionOver:
    return SessionOver("There is no such session, or it has ended; sign in again.")
