"""Complaints as actors see them: one with its history, lists, and counts."""

import base64
import binascii
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select, tuple_
from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.actor import Actor, Right, Role
from contracts.calls import complaints as calls
from contracts.cards import ComplaintKind, Service
from customers.complaint_tables import Complaint, ComplaintMove
from customers.complaints import handlers, visible_complaint
from customers.domain.complaints import age_days, reopen_until
from customers.domain.refusals import UnknownCursor
from customers.sight import visible_branch, visible_customer
from customers.tables import Branch, Customer, StaffMember

_FOR_CUSTOMERS = (
    calls.ComplaintStep.FILED.value, calls.ComplaintStep.RESOLVED.value, calls.ComplaintStep.REOPENED.value,
)  # fmt: skip
_WITH_NAMES = (
    select(Complaint, Customer.name, Customer.crf, StaffMember.name, Branch.time_zone, Branch.complaint_reopen_days)
    .join(Customer, Customer.id == Complaint.customer_id)
    .join(Branch, Branch.id == Complaint.branch_id)
    .outerjoin(StaffMember, StaffMember.id == Complaint.assigned_to)
)  # fmt: skip


def get_complaint(session: Session, number: str, actor: Actor, clock: Clock) -> calls.ComplaintDetail:
    """One complaint. Raises NotFound, Forbidden."""
    return detail(session, visible_complaint(session, actor, number), actor, clock)


def detail(session: Session, complaint: Complaint, actor: Actor, clock: Clock) -> calls.ComplaintDetail:
    """A complaint that the actor sees, with its history as far as it concerns them."""
    session.flush()
    row = session.execute(_WITH_NAMES.where(Complaint.id == complaint.id)).one()
    view, zone = _view(row, actor, clock), row[4]
    history = select(ComplaintMove).where(ComplaintMove.complaint_id == complaint.id)
    if actor.role is Role.CUSTOMER:
        history = history.where(ComplaintMove.step.in_(_FOR_CUSTOMERS))
    steps = tuple(
        calls.ComplaintStepView(
            step=calls.ComplaintStep(move.step), text=move.text, by_name=move.by_name, at=move.at
        )
        for move in session.scalars(history.order_by(ComplaintMove.id))
    )
    in_time = view.reopen_until is not None and clock.today(zone) <= view.reopen_until
    may = in_time if actor.role is Role.CUSTOMER else actor.may(Right.HANDLE_COMPLAINTS)
    may_reopen = view.state is calls.ComplaintState.RESOLVED and may
    return calls.ComplaintDetail(**view.model_dump(), steps=steps, time_zone=zone, may_reopen=may_reopen)


def list_complaints(
    session: Session, request: calls.ListComplaints, actor: Actor, clock: Clock
) -> calls.ComplaintList:
    """A page of the complaints that the actor sees, newest first. Raises NotFound, Forbidden, UnknownCursor."""
    if request.customer_id is not None:
        visible_customer(session, actor, request.customer_id)
    actor.require(Right.SEE_COMPLAINTS)
    found = _seen(_WITH_NAMES, actor).where(*_wanted(session, request, actor, clock))
    if request.cursor is not None:
        found = found.where(tuple_(Complaint.filed_at, Complaint.id) < _place(request.cursor))
    found = found.order_by(Complaint.filed_at.desc(), Complaint.id.desc()).limit(request.limit + 1)
    rows = session.execute(found).all()
    page = rows[: request.limit]
    return calls.ComplaintList(
        items=tuple(_view(row, actor, clock) for row in page),
        next=_cursor(page[-1][0]) if len(rows) > request.limit else None,
    )


def count_complaints(session: Session, request: calls.CountComplaints, actor: Actor) -> calls.ComplaintCounts:
    """What waits, from the index of open complaints alone. Raises Forbidden."""
    actor.require(Right.SEE_COMPLAINTS)
    unread = func.count().filter(Complaint.read_at.is_(None))
    counts = _seen(select(func.count(), unread).select_from(Complaint), actor).where(_is_open())
    if request.branch_id is not None:
        counts = counts.where(Complaint.branch_id == request.branch_id)
    row = session.execute(counts).one()
    return calls.ComplaintCounts(open=row[0], unread=0 if actor.role is Role.CUSTOMER else row[1])


def list_assignable_staff(session: Session, branch_id: UUID, actor: Actor) -> calls.AssignableList:
    """Who handles complaints in the branch, by name. Raises NotFound, Forbidden."""
    actor.require(Right.HANDLE_COMPLAINTS)
    visible_branch(session, actor, branch_id)
    found = session.scalars(handlers(branch_id).order_by(StaffMember.name, StaffMember.id))
    return calls.AssignableList(
        items=tuple(calls.Assignable(id=one.id, name=one.name, role=Role(one.role)) for one in found)
    )


def _seen(found: Select[Any], actor: Actor) -> Select[Any]:
    if actor.role is Role.CUSTOMER:
        return found.where(Complaint.customer_id == actor.customer_id)
    return found if actor.branch_ids is None else found.where(Complaint.branch_id.in_(actor.branch_ids))


def _wanted(
    session: Session, request: calls.ListComplaints, actor: Actor, clock: Clock
) -> Collection[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    for column, value in (
        (Complaint.customer_id, request.customer_id), (Complaint.branch_id, request.branch_id),
        (Complaint.state, request.state), (Complaint.kind, request.kind),
    ):  # fmt: skip
        if value is not None:
            wanted.append(column == value)
    if request.older_than_days is not None:
        wanted.append(_older(session, request.older_than_days, clock))
    if actor.role is not Role.CUSTOMER:
        wanted += _among_staff(request, actor)
    return wanted


def _among_staff(request: calls.ListComplaints, actor: Actor) -> Sequence[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if request.read is not None:
        wanted.append(Complaint.read_at.is_not(None) if request.read else Complaint.read_at.is_(None))
    if request.assigned is calls.AssignedTo.NOBODY:
        wanted.append(Complaint.assigned_to.is_(None))
    elif request.assigned is calls.AssignedTo.ANYONE:
        wanted.append(Complaint.assigned_to.is_not(None))
    elif request.assigned is calls.AssignedTo.ME:
        wanted.append(Complaint.assigned_to == _staff_id(actor))
    return wanted


def _older(session: Session, days: int, clock: Clock) -> ColumnElement[bool]:
    """Filed more than so many days ago, by the calendar of each branch."""
    zones: dict[str, list[UUID]] = {}
    for branch_id, zone in session.execute(select(Branch.id, Branch.time_zone)):
        zones.setdefault(zone, []).append(branch_id)
    ways = [
        and_(Complaint.branch_id.in_(ids), Complaint.filed_on < clock.today(zone) - timedelta(days=days))
        for zone, ids in zones.items()
    ]
    return or_(false(), *ways)


def _is_open() -> ColumnElement[bool]:
    return Complaint.state == calls.ComplaintState.OPEN.value


def _staff_id(actor: Actor) -> UUID | None:
    """The member of staff behind a subject "staff:<id>"; None for services, to whom nothing is assigned."""
    try:
        return UUID(actor.subject.removeprefix("staff:"))
    except ValueError:
        return None


def _view(row: Row[Any], actor: Actor, clock: Clock) -> calls.ComplaintView:
    complaint, name, crf, assigned_name, zone, days = row
    hides = actor.role is Role.CUSTOMER
    until: date = complaint.resolved_on or clock.today(zone)
    resolved = complaint.resolved_on is not None
    return calls.ComplaintView(
        number=complaint.number, customer_id=complaint.customer_id, customer_name=name, crf=crf,
        branch_id=complaint.branch_id, kind=ComplaintKind(complaint.kind),
        service_kind=Service(complaint.service) if complaint.service else None, message=complaint.message,
        state=calls.ComplaintState(complaint.state), is_read=hides or complaint.read_at is not None,
        filed_at=complaint.filed_at, filed_on=complaint.filed_on, filed_by=complaint.filed_by,
        age_days=age_days(complaint.filed_on, until),
        assigned_to=None if hides else complaint.assigned_to, assigned_name=None if hides else assigned_name,
        resolved_at=complaint.resolved_at, resolution=complaint.resolution,
        reopen_until=reopen_until(complaint.resolved_on, days) if resolved else None,
        imported=complaint.source is not None,
    )  # fmt: skip


def _cursor(last: Complaint) -> str:
    return base64.urlsafe_b64encode(f"{last.filed_at.isoformat()} {last.id}".encode()).decode()


def _place(cursor: str) -> tuple[datetime, UUID]:
    try:
        filed_at, _, last_id = base64.urlsafe_b64decode(cursor.encode("ascii")).decode().partition(" ")
        moment, found = datetime.fromisoformat(filed_at), UUID(last_id)
        if moment.tzinfo is None:
            raise ValueError("a moment needs a time zone")
    except (ValueError, binascii.Error):
        raise UnknownCursor("This cursor leads nowhere; begin the list anew.", field="cursor") from None
    return moment, found
