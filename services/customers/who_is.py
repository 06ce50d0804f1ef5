"""Names for the subjects that audit logs tell of."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from contracts.actor import Actor, Right
from contracts.calls.audit import KnownPerson, PeopleKnown, WhoIs
from customers.domain.search import crf_key
from customers.domain.usernames import username_key
from customers.signin_tables import Login
from customers.tables import Customer, StaffMember


def who_is(session: Session, request: WhoIs, actor: Actor) -> PeopleKnown:
    """Staff by name, customers of the actor's branches by name and CRF number. Raises Forbidden."""
    actor.require(Right.SEE_AUDIT)
    typed = request.typed
    by_login = Login.username_key == username_key(typed) if typed else None
    staff = _staff(session, StaffMember.id.in_(_ids(request.subjects, "staff")), by_login)
    of_number = Customer.crf_key == crf_key(typed) if typed else None
    customers = _customers(
        session, actor, Customer.id.in_(_ids(request.subjects, "customer")), of_number, by_login
    )
    return PeopleKnown(items=(*staff, *customers))


def _staff(session: Session, *wanted: ColumnElement[bool] | None) -> list[KnownPerson]:
    query = select(StaffMember.id, StaffMember.name, Login.username).join(
        Login, Login.staff_id == StaffMember.id
    )
    rows = session.execute(query.where(or_(*(one for one in wanted if one is not None))))
    return [KnownPerson(subject=f"staff:{row.id}", name=row.name, username=row.username) for row in rows]


def _customers(session: Session, actor: Actor, *wanted: ColumnElement[bool] | None) -> list[KnownPerson]:
    query = select(Customer.id, Customer.name, Customer.crf).join(Login, Login.customer_id == Customer.id)
    query = query.where(or_(*(one for one in wanted if one is not None)))
    if actor.branch_ids is not None:
        query = query.where(Customer.branch_id.in_(actor.branch_ids))
    return [
        KnownPerson(subject=f"customer:{row.id}", name=row.name, crf=row.crf)
        for row in session.execute(query)
    ]


def _ids(subjects: Iterable[str], kind: str) -> list[UUID]:
    found = []
    for subject in subjects:
        of, _, text = subject.partition(":")
        try:
            if of == kind:
                found.append(UUID(text))
        except ValueError:
            continue
    return found
