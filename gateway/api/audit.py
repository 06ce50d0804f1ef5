"""The audit log: who changed what, and who looked at an ID number."""

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from flask import Response
from pydantic import AwareDatetime, BaseModel, Field

from contracts.calls.audit import AuditEntry
from contracts.fields import Line
from gateway.api.resource import answer, resource
from gateway.api.shapes import PageQuery
from gateway.audit_log import whole_page

api = resource("audit", "audit", "Who changed what, and who looked at an ID number")


class AuditView(BaseModel):
    """One act. `sequence` is its number in the hash chain of its service's log, null for some seconds."""

    service: str
    id: int
    at: datetime
    trace: str
    subject: str
    role: str
    via: str
    call: str
    kind: str
    object_id: str
    customer_id: UUID | None
    branch_id: UUID | None
    outcome: str
    detail: dict[str, Any]
    sequence: int | None

    @classmethod
    def of(cls, service: str, entry: AuditEntry) -> Self:
        """From the call's answer."""
        return cls(service=service, **entry.model_dump(exclude={"place"}))


class AuditLogList(BaseModel):
    """Acts, newest first."""

    items: list[AuditView]
    next: str | None


class AuditQuery(PageQuery):
    """Which acts."""

    service: Literal["customers", "billing", "notify", "reports"] | None = None
    subject: Line | None = Field(None, description="Who: `staff:<id>`, `customer:<id>` or `service:<name>`")
    call: Line | None = Field(None, description="What: `record_payment`, `show_id_number`, ...")
    kind: Line | None = Field(
        None, description="Which kind of thing: `payment`, `id_number`, `customer`, ..."
    )
    customer_id: UUID | None = None
    branch_id: UUID | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = Field(None, description="Not this moment any more")


@api.get("/audit", responses={200: AuditLogList})
def list_audit(query: AuditQuery) -> Response:
    """The audit log: all of it for the operator admin, that of their branches for managers."""
    filters = {
        name: value for name, value in query.given().items() if name not in ("service", "cursor", "limit")
    }
    page = whole_page(filters, query.service, query.cursor, query.limit)
    return answer(AuditLogList(items=[AuditView.of(*one) for one in page.items], next=page.next))
