"""Set a password with a mailed code: count the try and compare; hash outside any transaction; use the code up."""

from dataclasses import dataclass
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.audit import by
from chassis.clock import Clock
from contracts.calls import Done
from contracts.calls.account import SetPasswordByCode
from customers.domain.codes import CodeState, code_fingerprint, may_be_tried, typed_code
from customers.domain.passwords import check_password
from customers.domain.sign_in_refusals import CodeRefused
from customers.domain.throttling import TYPING_CODES
from customers.domain.usernames import username_key
from customers.hashing import common_passwords
from customers.people import Person, person_of
from customers.signin_tables import Login, PasswordCode
from customers.usecases.count_try import count_try, forgive_try
from customers.usecases.issue_password_code import find_account
from customers.usecases.set_password import require_good_password, set_password


@dataclass(frozen=True)
class RightCode:
    """A code that was typed rightly, and whose it is."""

    code_id: UUID
    login_id: UUID
    person: Person


def refuse_weak_password(request: SetPasswordByCode) -> None:
    """Raises PasswordTooWeak before a try is counted; knows no more than what was typed, so it gives nothing away."""
    check_password(request.password, (request.username.strip(),), common_passwords())


def try_code(session: Session, request: SetPasswordByCode, key: bytes, clock: Clock) -> RightCode | None:
    """Count the try and compare; None when the code opens nothing. To be committed in any case, or nothing is counted.

    Raises TooManyTries.
    """
    now = clock.now()
    count_try(session, username_key(request.username), request.address, now, TYPING_CODES)
    account = find_account(session, request.username)
    newest = session.scalars(
        select(PasswordCode)
        .where(account.codes())
        .order_by(PasswordCode.issued_at.desc(), PasswordCode.id)
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if newest is None or not may_be_tried(_state(newest), now):
        return None
    newest.tries += 1
    typed = code_fingerprint(key, newest.id, typed_code(request.code))
    login = account.login
    if not compare_digest(newest.code_hash, typed) or login is None:
        return None
    person = person_of(session, login)
    if login.is_closed or not person.is_served:
        return None
    return RightCode(newest.id, login.id, person)


def require_right(right: RightCode | None, request: SetPasswordByCode) -> RightCode:
    """Raises CodeRefused when the code opens nothing, PasswordTooWeak for a password made of what is known of them."""
    if right is None:
        raise _refused()
    require_good_password(request.password, right.person)
    return right


def set_password_by_code(
    session: Session, right: RightCode, request: SetPasswordByCode, password_hash: str, clock: Clock
) -> Done:
    """Use the code up and set the password; every session of the login ends. Raises CodeRefused."""
    # Tries, login, code: whoever locks several of them locks them in this order.
    forgive_try(session, username_key(request.username), request.address, TYPING_CODES)
    login = session.get_one(Login, right.login_id, with_for_update=True)
    code = session.get_one(PasswordCode, right.code_id, with_for_update=True)
    if code.used_at is not None or code.expires_at <= clock.now() or login.is_closed:
        raise _refused()
    by(session, right.person.actor())
    set_password(session, login, password_hash, clock)
    forgive_try(session, login.username_key, "")
    return Done()


def _state(code: PasswordCode) -> CodeState:
    return CodeState(code.expires_at, code.tries, code.used_at is not None)


def _refused() -> CodeRefused:
    return CodeRefused(
        "This code is wrong, used, or older than ten minutes. Look at the newest e-mail, or ask for a new code.",
        field="code",
    )
