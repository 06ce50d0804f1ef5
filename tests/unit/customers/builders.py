"""Builders for stories about customers: an operator with branches, people who act, shortcuts for use cases."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.clock import FixedClock
from chassis.database import Database
from chassis.field_keys import FieldKeys
from chassis.keys import KeyFolder
from chassis.seal import unseal
from chassis.tables import OutboxRow
from contracts.actor import Actor, Role
from contracts.calls import customers as calls
from contracts.cards import BranchCard
from contracts.events import SealedSecret
from customers import finding
from customers.hashing import hash_password
from customers.usecases.add_branch import add_branch
from customers.usecases.add_customer import add_customer
from customers.usecases.add_staff import add_staff
from customers.usecases.bootstrap import bootstrap
from customers.usecases.check_session import CheckedSession, check_session
from customers.usecases.set_password_by_link import check_link, set_password_by_link
from customers.usecases.sign_in import find_candidate, prove, sign_in

MORNING = datetime(2026, 5, 4, 4, 0, tzinfo=UTC)
ADMIN_PASSWORD = "brass lantern over tea"
GOOD_PASSWORD = "seven quiet herons"


def admin() -> Actor:
    return Actor(subject="staff:admin", name="Administrator", role=Role.ADMIN, branch_ids=None)


def staff_of(*branch_ids: UUID, role: Role = Role.CASHIER) -> Actor:
    return Actor(subject=f"staff:{role}", name="Somebody", role=role, branch_ids=frozenset(branch_ids))


def the_customer(customer: calls.CustomerView) -> Actor:
    return Actor(
        subject=f"customer:{customer.id}", name=customer.name, role=Role.CUSTOMER, customer_id=customer.id
    )


@dataclass
class Operator:
    """An operator with branch MAIN and an administrator; every method is one unit of work."""

    database: Database
    clock: FixedClock = field(default_factory=lambda: FixedClock(MORNING))
    key: AESGCM = field(default_factory=lambda: AESGCM(AESGCM.generate_key(256)))
    keys: KeyFolder = field(init=False)
    field_keys: FieldKeys = field(init=False)

    def __post_init__(self) -> None:
        self._folder = TemporaryDirectory()
        self.keys = KeyFolder(Path(self._folder.name))
        self.keys.make_missing(())
        self.field_keys = self.keys.field_keys(self.clock)
        with self.writing() as session:
            bootstrap(session, "admin", ADMIN_PASSWORD, self.clock)

    def writing(self) -> AbstractContextManager[Session]:
        return self.database.transaction()

    def reading(self) -> AbstractContextManager[Session]:
        return self.database.reading()

    @property
    def main(self) -> BranchCard:
        from customers.queries import list_branches

        with self.reading() as session:
            return next(branch for branch in list_branches(session, admin()).items if branch.code == "MAIN")

    def branch(self, code: str, **fields: Any) -> BranchCard:
        wanted = {"name": code.title(), "currency": "INR", "time_zone": "Asia/Kolkata"} | fields
        with self.writing() as session:
            return add_branch(session, calls.AddBranch(code=code, **wanted), admin(), self.clock)

    def customer(
        self, name: str = "Deepa Kumar", *, actor: Actor | None = None, **fields: Any
    ) -> calls.CustomerView:
        wanted = {"branch_id": self.main.id, "email": "deepa@example.com"} | fields
        with self.writing() as session:
            request = calls.AddCustomer(name=name, **wanted)
            return add_customer(session, request, actor or admin(), self.clock, self.key, self.field_keys)

    def staff(
        self, username: str, role: Role, *branch_ids: UUID, actor: Actor | None = None
    ) -> calls.StaffView:
        request = calls.AddStaff(
            username=username, email=f"{username}@example.com", role=role, branch_ids=branch_ids
        )
        with self.writing() as session:
            return add_staff(session, request, actor or admin(), self.clock, self.key)

    def search(self, text: str, actor: Actor | None = None, **fields: Any) -> calls.CustomerList:
        with self.reading() as session:
            request = calls.ListCustomers(search=text, **fields)
            return finding.list_customers(session, request, actor or admin())

    def found(self, text: str, actor: Actor | None = None) -> list[str]:
        return [customer.name for customer in self.search(text, actor).items]

    def sign_in(self, username: str, password: str, address: str = "192.0.2.7") -> calls.SessionOpened:
        request = calls.SignIn(username=username, password=password, address=address)
        with self.writing() as session:
            candidate = find_candidate(session, request, self.clock)
        proof = prove(candidate, password)
        with self.writing() as session:
            return sign_in(session, candidate, proof, request, self.clock)

    def check(self, token: str) -> CheckedSession:
        with self.reading() as session:
            return check_session(session, token, self.clock)

    def set_password(self, link_token: str, password: str = GOOD_PASSWORD) -> None:
        request = calls.SetPasswordByLink(link_token=link_token, password=password)
        with self.reading() as session:
            check_link(session, request, self.clock)
        with self.writing() as session:
            set_password_by_link(session, request, hash_password(password), self.clock)

    def events(self, kind: str) -> list[dict[str, Any]]:
        with self.reading() as session:
            rows = select(OutboxRow.body).where(OutboxRow.type == kind).order_by(OutboxRow.id)
            return list(session.scalars(rows))

    def opened(self, secret: dict[str, Any], purpose: str) -> str:
        return unseal(self.key, SealedSecret.model_validate(secret), purpose)

    def last_link(self) -> str:
        return self.opened(self.events("PasswordLinkIssued")[-1]["link_token"], "password-link")

    def last_one_time_password(self) -> str:
        return self.opened(self.events("CustomerRegistered")[-1]["password"], "one-time-password")
