"""What must be there before the first call: branch MAIN, the CRF counter, an administrator."""

from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.audit import about
from chassis.clock import Clock
from chassis.database import lock_key
from contracts.actor import Role, service_actor
from contracts.calls.customers import AddBranch
from contracts.cards import CustomerState
from customers.domain.passwords import check_password
from customers.domain.tokens import new_password
from customers.hashing import common_passwords, hash_password
from customers.tables import Branch, Counter, StaffMember
from customers.usecases.add_branch import add_branch
from customers.usecases.count_crf import COUNTER, FIRST
from customers.usecases.open_login import open_login

MAIN = "MAIN"
_BOOTSTRAP = 7_340_000
"""The lock that lets one replica at a time look whether something is missing."""


def bootstrap(session: Session, username: str, password: str | None, clock: Clock) -> str | None:
    """Make what is missing; a start that finds everything changes nothing.

    Returns the administrator's generated password when one was made: it is stored only as a hash, so show it now.
    Raises PasswordTooWeak for a given password that would be guessed.
    """
    lock_key(session, _BOOTSTRAP)
    if session.scalar(select(Counter.name).where(Counter.name == COUNTER)) is None:
        session.add(Counter(name=COUNTER, value=FIRST - 1))
    if session.scalar(select(Branch.id).limit(1)) is None:
        main = AddBranch(
            code=MAIN, name="Main", currency="INR", time_zone="Asia/Kolkata", locale="en",
            minimum_payment="250.00",
        )  # fmt: skip
        add_branch(session, main, service_actor("customers"), clock)
    administrators = select(StaffMember.id).where(StaffMember.role == Role.ADMIN.value)
    if session.scalar(administrators.limit(1)) is not None:
        return None
    return _add_administrator(session, username, password, clock)


def _add_administrator(session: Session, username: str, password: str | None, clock: Clock) -> str | None:
    chosen = password or new_password()
    check_password(chosen, (username,), common_passwords(), field="HEADEND_ADMIN_PASSWORD")
    now = clock.now()
    member = StaffMember(
        id=uuid4(), name="Administrator", email="", role=Role.ADMIN.value, state=CustomerState.ACTIVE.value,
        created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(member)
    session.flush()
    about(session, "staff", member.id, role=member.role)
    _set_first_password(session, username, member.id, chosen, clock)
    return None if password else chosen


def _set_first_password(session: Session, username: str, staff_id: UUID, password: str, clock: Clock) -> None:
    login = open_login(session, [username], clock.now(), staff_id=staff_id)
    login.password_hash, login.password_set_at = hash_password(password), clock.now()
