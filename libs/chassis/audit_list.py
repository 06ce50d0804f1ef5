"""Reading the audit log in pages, newest first."""

from datetime import datetime

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from chassis.tables import AuditRow
from contracts.actor import Actor, Right
from contracts.calls.audit import AuditEntry, AuditList, ListAudit
from contracts.errors import Invalid


class UnknownCursor(Invalid):
    """The cursor is none that this list gave out."""

    code = "unknown_cursor"


def list_audit(session: Session, request: ListAudit, actor: Actor) -> AuditList:
    """A page of what the actor sees. Raises Forbidden, NotFound for a hidden branch, UnknownCursor."""
    actor.require(Right.SEE_AUDIT)
    rows = session.scalars(_wanted(request, actor).limit(request.limit + 1)).all()
    items = tuple(_entry(row) for row in rows[: request.limit])
    return AuditList(items=items, next=items[-1].place if len(rows) > request.limit else None)


def _wanted(request: ListAudit, actor: Actor) -> Select[tuple[AuditRow]]:
    query = select(AuditRow).order_by(AuditRow.at.desc(), AuditRow.id.desc())
    if request.branch_id is not None:
        actor.require_branch(request.branch_id, "branch")
        query = query.where(AuditRow.branch_id == request.branch_id)
    elif actor.branch_ids is not None:
        query = query.where(AuditRow.branch_id.in_(actor.branch_ids))
    for column, value in (
        (AuditRow.subject, request.subject), (AuditRow.call, request.call), (AuditRow.kind, request.kind),
        (AuditRow.customer_id, request.customer_id),
    ):  # fmt: skip
        if value is not None:
            query = query.where(column == value)
    if request.since is not None:
        query = query.where(AuditRow.at >= request.since)
    if request.until is not None:
        query = query.where(AuditRow.at < request.until)
    if request.cursor is not None:
        query = query.where(tuple_(AuditRow.at, AuditRow.id) < _place(request.cursor))
    return query


def _entry(row: AuditRow) -> AuditEntry:
    place = f"{row.at.isoformat()}_{row.id}"
    return AuditEntry(
        id=row.id, at=row.at, trace=row.trace, subject=row.subject, role=row.role, via=row.via, call=row.call,
        kind=row.kind, object_id=row.object_id, customer_id=row.customer_id, branch_id=row.branch_id,
        outcome=row.outcome, detail=row.detail, sequence=row.sequence, place=place,
    )  # fmt: skip


def _place(cursor: str) -> tuple[datetime, int]:
    at, _, row_id = cursor.partition("_")
    try:
        moment, number = datetime.fromisoformat(at), int(row_id)
    except ValueError:
        raise UnknownCursor("This cursor leads nowhere; begin the list anew.", field="cursor") from None
    if moment.tzinfo is None or not 0 <= number < 2**63:
        raise UnknownCursor("This cursor leads nowhere; begin the list anew.", field="cursor")
    return moment, number
