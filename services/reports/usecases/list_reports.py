"""List the reports that an actor sees, newest first."""

import base64
import binascii
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from chassis.database import is_sqlite
from contracts.actor import Actor, Right
from contracts.calls.reports import ListReports, ReportList
from reports.domain.refusals import CursorInvalid
from reports.report_tables import Report
from reports.usecases.show_report import report_view


def list_reports(session: Session, request: ListReports, actor: Actor) -> ReportList:
    """A page of the reports that lie within the actor's branches. Raises Forbidden, CursorInvalid."""
    actor.require(Right.MAKE_REPORTS)
    query = select(Report).order_by(Report.requested_at.desc(), Report.id.desc()).limit(request.limit + 1)
    if actor.branch_ids is not None:
        query = query.where(Report.branch_ids.is_not(None), ~_covers_others(session, actor.branch_ids))
    if request.cursor is not None:
        at, last_id = _read(request.cursor)
        query = query.where(
            or_(Report.requested_at < at, and_(Report.requested_at == at, Report.id < last_id))
        )
    rows = session.scalars(query).all()
    page = rows[: request.limit]
    more = len(rows) > request.limit
    return ReportList(items=tuple(report_view(row) for row in page), next=_cursor(page[-1]) if more else None)


def _covers_others(session: Session, own: frozenset[UUID]) -> ColumnElement[bool]:
    """Whether the report covers a branch that is not among these, asked of its list of branches."""
    unpack: Any = func.json_each if is_sqlite(session) else func.json_array_elements_text
    element = unpack(Report.branch_ids).table_valued("value", name="covered")
    return exists(select(element.c.value).where(element.c.value.not_in([str(branch) for branch in own])))


def _cursor(report: Report) -> str:
    return base64.urlsafe_b64encode(f"{report.requested_at.isoformat()} {report.id}".encode()).decode()


def _read(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, _, last_id = base64.urlsafe_b64decode(cursor.encode("ascii")).decode().partition(" ")
        moment, found = datetime.fromisoformat(at), UUID(last_id)
        if moment.tzinfo is None:
            raise ValueError("a moment needs a time zone")
    except (ValueError, binascii.Error) as error:
        raise CursorInvalid("Take the cursor from `next` of the page before.", field="cursor") from error
    return moment, found
