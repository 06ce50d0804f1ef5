"""Give an administrator a new generated password, for whoever runs the machine."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.actor import Role
from contracts.cards import CustomerState
from contracts.errors import NotFound
from customers.domain.throttling import account_key
from customers.domain.tokens import new_password
from customers.domain.usernames import username_key
from customers.hashing import hash_password
from customers.signin_tables import Login, SignInTries
from customers.tables import StaffMember
from customers.usecases.end_two_step import forget_two_step
from customers.usecases.set_password import set_password


def reset_admin_password(session: Session, username: str | None, clock: Clock) -> tuple[str, str]:
    """The username and new password of this administrator, else of the one that was made first.

    The login is opened again, its tries are forgotten, its sessions end, and two-step sign-in is off. Raises NotFound.
    """
    query = (
        select(Login, StaffMember)
        .join(StaffMember, StaffMember.id == Login.staff_id)
        .where(StaffMember.role == Role.ADMIN.value)
        .order_by(StaffMember.created_at)
        .limit(1)
    )
    if username is not None:
        query = query.where(Login.username_key == username_key(username))
    row = session.execute(query).first()
    if row is None:
        raise NotFound(
            f'There is no administrator "{username}".' if username else "There is no administrator yet."
        )
    login, member = row[0], row[1]
    password = new_password()
    member.state, login.is_closed = CustomerState.ACTIVE.value, False
    set_password(session, login, hash_password(password), clock)
    forget_two_step(session, login)
    session.execute(delete(SignInTries).where(SignInTries.key == account_key(login.username_key)))
    return login.username, password
