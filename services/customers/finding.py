"""Finding customers: a CRF number or mobile exactly first, then by parts of the name (DESIGN, money and time).

The list has two stages, each in the order of names; on PostgreSQL each is the work of indexes.
"""

import base64
import binascii
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Select, and_, false, not_, or_, select, tuple_
from sqlalchemy.orm import Session

from contracts.actor import Actor, Right, Role
from contracts.calls.customers import CustomerList, CustomerOrder, CustomerView, ListCustomers
from customers.cards import customer_view
from customers.domain import search
from customers.domain.refusals import UnknownCursor
from customers.signin_tables import Login
from customers.tables import Customer


def list_customers(session: Session, request: ListCustomers, actor: Actor) -> CustomerList:
    """A page of the customers that the actor sees. Raises Forbidden, UnknownCursor."""
    actor.require(Right.SEE_CUSTOMERS)
    stages = _stages(request.search.strip())
    stage, after = _place(session, request)
    found: list[tuple[int, UUID]] = []
    while stage < len(stages) and len(found) <= request.limit:
        missing = request.limit + 1 - len(found)
        found += [
            (stage, id_) for id_ in session.scalars(_ids(request, actor, stages[stage], after).limit(missing))
        ]
        stage, after = stage + 1, None
    page = found[: request.limit]
    return CustomerList(
        items=_views(session, [id_ for _, id_ in page]),
        next=_cursor(*page[-1]) if len(found) > request.limit else None,
    )


def _ids(
    request: ListCustomers, actor: Actor, stage: ColumnElement[bool] | None, after: tuple[Any, UUID] | None
) -> Select[tuple[UUID]]:
    """The ids of one stage in the order asked for.

    What is searched is found first and sorted then: PostgreSQL would else walk the names in order, hoping to meet
    enough matches soon, and read all of them for names at the end of the alphabet.
    """
    seen = _seen(request, actor)
    hits = seen.subquery() if stage is None else _first(seen.where(stage))
    keys, ids = hits.c[_KEYS[request.order].name], hits.c.id
    if request.order is CustomerOrder.NEWEST:
        ordered = select(ids).order_by(keys.desc(), ids.desc())
        return ordered if after is None else ordered.where(tuple_(keys, ids) < after)
    ordered = select(ids).order_by(keys, ids)
    return ordered if after is None else ordered.where(tuple_(keys, ids) > after)


_KEYS: dict[CustomerOrder, Any] = {
    CustomerOrder.NAME: Customer.name_key,
    CustomerOrder.CRF: Customer.crf_key,
    CustomerOrder.NEWEST: Customer.created_at,
}


def _first(query: Select[tuple[UUID, Any]]) -> CTE:
    return query.cte("hits").prefix_with("MATERIALIZED", dialect="postgresql")


def _views(session: Session, ids: Sequence[UUID]) -> tuple[CustomerView, ...]:
    rows = session.execute(
        select(Customer, Login.username)
        .outerjoin(Login, Login.customer_id == Customer.id)
        .where(Customer.id.in_(ids))
    )
    views = {row[0].id: customer_view(row[0], row[1]) for row in rows}
    return tuple(views[id_] for id_ in ids if id_ in views)


def _seen(request: ListCustomers, actor: Actor) -> Select[tuple[UUID, Any]]:
    """Those whom the actor sees, of the branch, status and area asked for."""
    seen = select(Customer.id, _KEYS[request.order])
    if actor.role is Role.CUSTOMER:
        seen = seen.where(Customer.id == actor.customer_id)
    elif actor.branch_ids is not None:
        seen = seen.where(Customer.branch_id.in_(actor.branch_ids))
    if request.branch_id is not None:
        seen = seen.where(Customer.branch_id == request.branch_id)
    if request.status is not None:
        seen = seen.where(Customer.state == request.status.value)
    if request.area is not None:
        seen = seen.where(Customer.area == request.area)
    return seen


def _stages(text: str) -> Sequence[ColumnElement[bool] | None]:
    """What the list shows first, and what after it; None is everybody."""
    if not text:
        return [None]
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
    if search.SHORTEST_CRF_BEGINNING <= len(key) <= search.LONGEST_CRF and key.isascii():
        ways.append(Customer.crf_key.startswith(key, autoescape=True))
    number = search.digits(text)
    if len(number) >= search.SHORTEST_MOBILE_BEGINNING:
        ways.append(Customer.mobile_digits.like(f"{number}%"))
    return or_(*ways) if ways else false()


def _cursor(stage: int, last: UUID) -> str:
    return base64.urlsafe_b64encode(bytes([stage]) + last.bytes).rstrip(b"=").decode()


def _place(session: Session, request: ListCustomers) -> tuple[int, tuple[Any, UUID] | None]:
    """The stage that a cursor stands in and the place after which it goes on. Raises UnknownCursor."""
    cursor = request.cursor
    if cursor is None:
        return 0, None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        stage, customer_id = raw[0], UUID(bytes=raw[1:])
    except (binascii.Error, ValueError, IndexError):
        raise _unknown() from None
    key = session.scalar(select(_KEYS[request.order]).where(Customer.id == customer_id))
    if key is None:
        raise _unknown()
    return stage, (key, customer_id)


def _unknown() -> UnknownCursor:
    return UnknownCursor("This cursor leads nowhere; begin the list anew.", field="cursor")
