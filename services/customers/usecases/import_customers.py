"""Take over customers from another program, chunk by chunk, under ids that are the same at every attempt."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Annotated
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.audit import about
from chassis.clock import Clock
from chassis.field_keys import FieldKeys
from chassis.outbox import emit
from contracts.actor import Actor, Right
from contracts.cards import CustomerState
from contracts.errors import NotFound
from contracts.events import CustomerRegistered
from contracts.fields import CrfNumber, Line, Name, OptionalEmail, OptionalMobile, Text, Username
from customers.cards import customer_card
from customers.domain.refusals import CrfTaken
from customers.domain.usernames import username_key, usernames_for
from customers.queries import taken_crfs
from customers.sight import HOLD
from customers.signin_tables import Login
from customers.tables import Branch, Customer


class CustomerRow(BaseModel):
    """One customer of an import, checked field by field. The same `id` is the same customer, at every attempt."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID
    crf: CrfNumber
    name: Name
    branch_id: UUID
    username: Username | None = None
    email: OptionalEmail = None
    mobile: OptionalMobile = None
    date_of_birth: date | None = None
    id_type: Line = ""
    id_number: Line = ""
    house_name: Line = ""
    street: Line = ""
    area: Line = ""
    district: Line = ""
    state: Line = ""
    country: Line = ""
    postal_code: Line = ""
    locale: Annotated[str, Field(max_length=20)] | None = None
    notes: Text = ""


class ImportedChunk(BaseModel):
    """How many rows of a chunk were written, and how many were there already."""

    added: int
    kept: int


def import_customers(
    session: Session, rows: Sequence[CustomerRow], actor: Actor, clock: Clock, keys: FieldKeys
) -> ImportedChunk:
    """Write the customers that are not there yet, with logins without password; nobody is mailed.

    What is there stays as it is now, even where the row differs. Raises Forbidden, NotFound for a branch, CrfTaken.
    """
    actor.require(Right.MANAGE_BRANCHES)
    ids = [row.id for row in rows]
    present = set(session.scalars(select(Customer.id).where(Customer.id.in_(ids))))
    fresh = [row for row in rows if row.id not in present]
    branches = _branches(session, {row.branch_id for row in fresh})
    _require_free(session, fresh)
    now = clock.now()
    customers = [_customer(row, branches[row.branch_id], now, keys) for row in fresh]
    session.add_all(customers)
    session.flush()
    logins = _logins(session, fresh, now)
    session.add_all(logins)
    session.flush()
    for customer, login in zip(customers, logins, strict=True):
        registered = CustomerRegistered(
            customer=customer_card(customer), username=login.username, welcome=False
        )
        emit(session, registered, clock)
    for branch_id in branches:
        added = sum(row.branch_id == branch_id for row in fresh)
        about(session, "customers", "", branch_id=branch_id, added=added)
    return ImportedChunk(added=len(fresh), kept=len(present))


def _branches(session: Session, branch_ids: set[UUID]) -> dict[UUID, Branch]:
    found = {}
    for branch_id in sorted(branch_ids):
        branch = session.get(Branch, branch_id, with_for_update=HOLD)
        if branch is None:
            raise NotFound(f"There is no branch {branch_id}.", field="branch_id")
        found[branch_id] = branch
    return found


def _require_free(session: Session, rows: Sequence[CustomerRow]) -> None:
    crfs = [row.crf.casefold() for row in rows]
    twice = {crf for crf in crfs if crfs.count(crf) > 1} if len(set(crfs)) < len(crfs) else set()
    taken = sorted(twice | set(taken_crfs(session, crfs)))
    if taken:
        raise CrfTaken(f"These CRF numbers are taken: {', '.join(taken[:20])}.", field="crf")


def _customer(row: CustomerRow, branch: Branch, now: datetime, keys: FieldKeys) -> Customer:
    customer = Customer(
        id=row.id, version=1, branch_id=row.branch_id, email=row.email, date_of_birth=row.date_of_birth,
        id_type=row.id_type, house_name=row.house_name, street=row.street, area=row.area,
        district=row.district, province=row.state, country=row.country, postal_code=row.postal_code,
        locale=row.locale or branch.locale, notes=row.notes, state=CustomerState.ACTIVE.value, created_at=now,
        updated_at=now,
    )  # fmt: skip
    customer.set_name(row.name)
    customer.set_mobile(row.mobile)
    customer.set_crf(row.crf)
    customer.set_id_number(row.id_number, keys)
    return customer


def _logins(session: Session, rows: Sequence[CustomerRow], now: datetime) -> list[Login]:
    """A login for each row, under the wanted username or the next one that is free."""
    wanted = {name for row in rows for name in _few(row)}
    taken = set(session.scalars(select(Login.username_key).where(Login.username_key.in_(wanted))))
    logins = []
    for row in rows:
        username = _free(session, row, taken)
        taken.add(username_key(username))
        logins.append(
            Login(
                id=uuid4(),
                username=username,
                username_key=username_key(username),
                customer_id=row.id,
                created_at=now,
            )
        )
    return logins


def _free(session: Session, row: CustomerRow, taken: set[str]) -> str:
    looked_at = set(_few(row))
    for username in _wanted(row):
        key = username_key(username)
        if key in taken:
            continue
        if key in looked_at or session.scalar(select(Login.id).where(Login.username_key == key)) is None:
            return username
    raise CrfTaken(f"No username is free for {row.crf}.", field="username")


def _wanted(row: CustomerRow) -> Iterator[str]:
    if row.username:
        yield row.username
    yield from usernames_for(row.crf)


def _few(row: CustomerRow) -> list[str]:
    """The usernames that are most likely taken, to be looked up together for a whole chunk."""
    return [username_key(username) for username in islice(_wanted(row), 3)]
