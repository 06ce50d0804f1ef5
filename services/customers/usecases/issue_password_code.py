"""Mail a code to who forgot their password; for a name that nobody has, do as much and mail nothing."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from chassis.audit import about, within
from chassis.clock import Clock
from chassis.outbox import emit
from chassis.seal import seal
from contracts.calls import Done
from contracts.calls.account import RequestPasswordCode
from contracts.events import PasswordCodeIssued, SealedSecret
from customers.cards import branch_card, customer_card
from customers.domain.codes import CODE_LIFE, code_fingerprint, may_be_mailed, new_code
from customers.domain.search import crf_key
from customers.domain.throttling import ASKING_FOR_CODES
from customers.domain.usernames import username_key
from customers.people import Person, person_of
from customers.signin_tables import Login, PasswordCode
from customers.tables import Branch, Customer, StaffMember
from customers.usecases.add_staff import home_branch
from customers.usecases.count_try import count_try

PURPOSE = "password-code"
"""What a code is sealed for in PasswordCodeIssued, and what its key is derived for."""


@dataclass(frozen=True)
class Keys:
    """The key that seals codes for the mail, and the one that their digests are made with."""

    sealing: AESGCM
    codes: bytes


@dataclass(frozen=True)
class Account:
    """What somebody typed, and the login that it names, if any."""

    digest: str
    login: Login | None

    def codes(self) -> ColumnElement[bool]:
        """Which codes are this account's."""
        if self.login is not None:
            return PasswordCode.login_id == self.login.id
        return and_(PasswordCode.account == self.digest, PasswordCode.login_id.is_(None))


def find_account(session: Session, typed: str) -> Account:
    """The login of a username, else of a CRF number. Both are looked for in any case, so that it takes as long."""
    key = username_key(typed)
    by_name = session.scalars(select(Login).where(Login.username_key == key)).one_or_none()
    by_number = session.scalars(
        select(Login)
        .join(Customer, Customer.id == Login.customer_id)
        .where(Customer.crf_key == crf_key(typed.strip()))
    ).one_or_none()
    return Account(sha256(key.encode("utf-8", "surrogatepass")).hexdigest(), by_name or by_number)


def issue_password_code(session: Session, request: RequestPasswordCode, keys: Keys, clock: Clock) -> Done:
    """Issue a code and tell notify to mail it. The answer says nothing about the account. Raises TooManyTries."""
    now = clock.now()
    count_try(session, username_key(request.username), request.address, now, ASKING_FOR_CODES)
    account = find_account(session, request.username)
    issued = select(PasswordCode.issued_at).where(
        account.codes(), PasswordCode.issued_at > now - timedelta(days=1)
    )
    if not may_be_mailed(list(session.scalars(issued)), now):
        return Done()
    code, code_id, login = new_code(), uuid4(), account.login
    session.add(
        PasswordCode(
            id=code_id, account=account.digest, login_id=login.id if login else None, tries=0,
            code_hash=code_fingerprint(keys.codes, code_id, code), issued_at=now, expires_at=now + CODE_LIFE,
        )
    )  # fmt: skip
    sealed = seal(keys.sealing, code, PURPOSE, now + CODE_LIFE)
    event = _letter(session, login, sealed) if login is not None else None
    if event is not None:
        within(session, customer_id=login.customer_id if login else None)
        about(session, "password_code", code_id)
        emit(session, event, clock)
    return Done()


def _letter(session: Session, login: Login, code: SealedSecret) -> PasswordCodeIssued | None:
    """What notify is told; None for who is not served or has no address."""
    person = person_of(session, login)
    email = _email_of(session, login)
    if login.is_closed or not person.is_served or not email:
        return None
    return _event(session, login, person, email, code)


def _email_of(session: Session, login: Login) -> str | None:
    if login.customer_id is not None:
        return session.get_one(Customer, login.customer_id).email
    return session.get_one(StaffMember, login.staff_id).email


def _event(
    session: Session, login: Login, person: Person, email: str, code: SealedSecret
) -> PasswordCodeIssued:
    customer = session.get_one(Customer, login.customer_id) if login.customer_id is not None else None
    if customer is not None:
        branch = session.get_one(Branch, customer.branch_id)
    else:
        branch = home_branch(session, person.branch_ids or ())
    return PasswordCodeIssued(
        name=person.name, username=login.username, email=email, locale=person.locale, branch=branch_card(branch),
        customer=customer_card(customer) if customer is not None else None, code=code,
    )  # fmt: skip
