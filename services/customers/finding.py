"""Finding customers: a CRF number or mobile exactly first, then by parts of the name (DESIGN, money and time).

The list has two stages, each in the order of names, so that each is one index's work on PostgreSQL.
"""

import base64
import binascii
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, not_, or_, select, true, tuple_
from sqlalchemy.orm import Session

from contracts.actor import Actor, Right, Role
from contracts.calls.customers import CustomerList, ListCustomers
from customers.cards import customer_view
from customers.domain import search
from customers.domain.refusals import UnknownCursor
from customers.signin_tables import Login
from customers.tables import Customer


def list_customers(session: Session, request: ListCustomers, actor: Actor) -> CustomerList:
    """A page of the customers that the actor sees. Raises Forbidden, UnknownCursor."""
    actor.require(Right.SEE_CUSTOMERS)
    seen = _seen(request, actor)
    stages = _stages(request.search.strip())
    stage, after = _place(session, request.cursor)
    found: list[tuple[int, Customer]] = []
    while stage < len(stages) and len(found) <= request.limit:
        query = _in_order(seen.where(stages[stage]), after).limit(request.limit + 1 - len(found))
        found += [(stage, customer) for customer in session.scalars(query)]
        stage, after = stage + 1, None
    page = found[: request.limit]
    more = len(found) > request.limit
    usernames = _usernames(session, [customer.id for _, customer in page])
    return CustomerList(
        items=tuple(customer_view(customer, usernames.get(customer.id)) for _, customer in page),
        next=_cursor(*page[-1]) if more else None,
    )


def _seen(request: ListCustomers, actor: Actor) -> Select[tuple[Customer]]:
    """The customers whom the actor sees, of the branch and status asked for."""
    seen = select(Customer)
    if actor.role is Role.CUSTOMER:
        seen = seen.where(Customer.id == actor.customer_id)
    elif actor.branch_ids is not None:
        seen = seen.where(Customer.branch_id.in_(actor.branch_ids))
    if request.branch_id is not None:
        seen = seen.where(Customer.branch_id == request.branch_id)
    if request.status is not None:
        seen = seen.where(Customer.state == request.status.value)
    return seen


def _stages(text: str) -> list[ColumnElement[bool]]:
    """What the list shows first, and what after it."""
    if not text:
        return [true()]
    exactly = _exactly(text)
    return [exactly, and_(_in_part(text), not_(exactly))]


def _exactly(text: str) -> ColumnElement[bool]:
    """Who has this CRF number, or a mobile that ends in this number, with or without a country code."""
    ending = search.mobile_ending(text)
    by_crf = Customer.crf_key == search.crf_key(text)
    if not ending:
        return by_crf
    by_ending = Customer.mobile_reversed.like(f"{ending}%")
    return or_(by_crf, by_ending, Customer.mobile_reversed.in_(search.shorter_mobiles(ending)))


def _in_part(text: str) -> ColumnElement[bool]:
    """Whose name has all parts of the text, or whose CRF number or mobile begins with it."""
    parts = [Customer.search.like(pattern) for pattern in search.patterns(text)]
    ways = [and_(*parts)] if parts else []
    key = search.crf_key(text)
    if len(key) <= search.LONGEST_CRF and key.isascii():
        ways.append(Customer.crf_key.startswith(key, autoescape=True))
    number = search.digits(text)
    if number:
        ways.append(Customer.mobile_digits.like(f"{number}%"))
    return or_(*ways) if ways else false()


def _in_order(query: Select[tuple[Customer]], after: tuple[str, UUID] | None) -> Select[tuple[Customer]]:
    if after is not None:
        query = query.where(tuple_(Customer.name_key, Customer.id) > after)
    return query.order_by(Customer.name_key, Customer.id)


def _cursor(stage: int, last: Customer) -> str:
    return base64.urlsafe_b64encode(bytes([stage]) + last.id.bytes).rstrip(b"=").decode()


def _place(session: Session, cursor: str | None) -> tuple[int, tuple[str, UUID] | None]:
    """The stage that a cursor stands in and the place after which it goes on. Raises UnknownCursor."""
    if cursor is None:
        return 0, None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        stage, customer_id = raw[0], UUID(bytes=raw[1:])
    except (binascii.Error, ValueError, IndexError):
        raise _unknown() from None
    name_key = session.scalar(select(Customer.name_key).where(Customer.id == customer_id))
    if name_key is None:
        raise _unknown()
    return stage, (name_key, customer_id)


def _usernames(session: Session, customer_ids: Sequence[UUID]) -> dict[UUID, str]:
    rows = session.execute(
        select(Login.customer_id, Login.username).where(Login.customer_id.in_(customer_ids))
    )
    return {customer_id: username for customer_id, username in rows if customer_id is not None}


def _unknown() -> UnknownCursor:
    return UnknownCursor("This cursor leads nowhere; begin the list anew.", field="cursor")
