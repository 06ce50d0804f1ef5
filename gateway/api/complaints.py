"""Complaints: filed by customers or for them, handled by staff."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from flask import Response
from pydantic import BaseModel, Field

from contracts.actor import Role
from contracts.calls.complaints import (
    AssignComplaint,
    AssignedTo,
    ComplaintDetail,
    ComplaintState,
    ComplaintStep,
    CountComplaints,
    FileComplaint,
    GetComplaint,
    ListAssignableStaff,
    ListComplaints,
    MarkComplaintRead,
    NoteOnComplaint,
    ReopenComplaint,
    ResolveComplaint,
    Words,
)
from contracts.calls.complaints import ComplaintView as Complaint
from contracts.cards import ComplaintKind, Service
from gateway.api.resource import answer, resource
from gateway.api.shapes import Body, CustomerPath, KeyHeader, PageQuery, Parameters, Query
from gateway.rpc import ask

api = resource("complaints", "complaints", "Complaints of customers, from filing to resolving")


class ComplaintPath(Parameters):
    """Which complaint."""

    number: Annotated[str, Field(max_length=100)]


class BranchPath(Parameters):
    """Which branch."""

    branch_id: UUID


class ComplaintView(BaseModel):
    """A complaint. For customers `is_read` is true and `assigned_*` null: what staff do among themselves is theirs."""

    number: str
    customer_id: UUID
    customer_name: str
    crf: str
    branch_id: UUID
    kind: ComplaintKind
    service: Service | None
    message: str
    state: ComplaintState
    is_read: bool
    filed_at: datetime
    filed_on: date
    filed_by: str
    age_days: int
    assigned_to: UUID | None
    assigned_name: str | None
    resolved_at: datetime | None
    resolution: str | None
    reopen_until: date | None
    imported: bool

    @classmethod
    def of(cls, complaint: Complaint) -> Self:
        """From the call's answer."""
        return cls.model_validate({**complaint.model_dump(), "service": complaint.service_kind})


class StepView(BaseModel):
    """One row of a complaint's history. A note is internal; customers see filing, resolving and reopening."""

    step: ComplaintStep
    text: str
    by_name: str
    at: datetime


class WholeComplaintView(ComplaintView):
    """A complaint with its history, oldest first. `may_reopen`: whether you could reopen it now."""

    steps: list[StepView]
    may_reopen: bool


class ComplaintListView(BaseModel):
    """Complaints, newest first."""

    items: list[ComplaintView]
    next: str | None


class ComplaintCountsView(BaseModel):
    """How many complaints are open, and how many of these nobody has opened yet."""

    open: int
    unread: int


class AssignableView(BaseModel):
    """Somebody to whom a complaint can be given."""

    id: UUID
    name: str
    role: Role


class AssignableListView(BaseModel):
    """By name."""

    items: list[AssignableView]


class CustomersComplaintQuery(PageQuery):
    """Which of a customer's complaints."""

    state: ComplaintState | None = None


class ComplaintQuery(CustomersComplaintQuery):
    """Which complaints."""

    branch_id: UUID | None = None
    read: bool | None = None
    kind: ComplaintKind | None = None
    assigned: AssignedTo | None = None
    older_than_days: Annotated[int, Field(ge=0, le=3650)] | None = None


class CountQuery(Query):
    """Of which branch; of all that you see when none is named."""

    branch_id: UUID | None = None


class ComplaintBody(Body):
    """A new complaint. A kind that belongs to one service brings it along."""

    kind: ComplaintKind
    service: Service | None = None
    message: Words


class NoteBody(Body):
    """An internal note."""

    note: Words


class AssignmentBody(Body):
    """Who takes care of it; null for nobody."""

    staff_id: UUID | None


class ResolutionBody(Body):
    """What the customer is told."""

    resolution: Words


class ReopeningBody(Body):
    """What is still wrong."""

    reason: Words


@api.get("/complaints", responses={200: ComplaintListView})
def list_complaints(query: ComplaintQuery) -> Response:
    """The complaints that you see, newest first."""
    return _listed(ListComplaints(**query.given()))


@api.get("/complaints/counts", responses={200: ComplaintCountsView})
def count_complaints(query: CountQuery) -> Response:
    """How many complaints wait."""
    counts = ask(CountComplaints(**query.given()))
    return answer(ComplaintCountsView(open=counts.open, unread=counts.unread))


@api.get("/customers/<uuid:customer_id>/complaints", responses={200: ComplaintListView})
def list_of_customer(path: CustomerPath, query: CustomersComplaintQuery) -> Response:
    """A customer's complaints, newest first."""
    return _listed(ListComplaints(customer_id=path.customer_id, **query.given()))


@api.post("/customers/<uuid:customer_id>/complaints", responses={201: WholeComplaintView})
def file_complaint(path: CustomerPath, header: KeyHeader, body: ComplaintBody) -> Response:
    """File a complaint; the customer gets its number by e-mail."""
    complaint = ask(
        FileComplaint(
            customer_id=path.customer_id, kind=body.kind, service_kind=body.service, message=body.message,
            idempotency_key=header.key,
        )
    )  # fmt: skip
    place = f"/complaints/{complaint.number}"
    return answer(_whole(complaint), 201, location=place, replayed=complaint.replayed)


@api.get("/complaints/<document:number>", responses={200: WholeComplaintView})
def show_complaint(path: ComplaintPath) -> Response:
    """One complaint; looking at it does not mark it as read."""
    return answer(_whole(ask(GetComplaint(number=path.number))))


@api.post("/complaints/<document:number>/read", responses={200: WholeComplaintView})
def mark_read(path: ComplaintPath) -> Response:
    """Mark it as read; once it is, nothing changes any more."""
    return answer(_whole(ask(MarkComplaintRead(number=path.number))))


@api.post("/complaints/<document:number>/notes", responses={200: WholeComplaintView})
def note(path: ComplaintPath, body: NoteBody) -> Response:
    """Write an internal note."""
    return answer(_whole(ask(NoteOnComplaint(number=path.number, note=body.note))))


@api.post("/complaints/<document:number>/assignment", responses={200: WholeComplaintView})
def assign(path: ComplaintPath, body: AssignmentBody) -> Response:
    """Give it to somebody who handles complaints in its branch, or to nobody."""
    return answer(_whole(ask(AssignComplaint(number=path.number, staff_id=body.staff_id))))


@api.post("/complaints/<document:number>/resolution", responses={200: WholeComplaintView})
def resolve(path: ComplaintPath, body: ResolutionBody) -> Response:
    """Resolve it; the customer gets the text by e-mail. A second time is 409."""
    return answer(_whole(ask(ResolveComplaint(number=path.number, resolution=body.resolution))))


@api.post("/complaints/<document:number>/reopening", responses={200: WholeComplaintView})
def reopen(path: ComplaintPath, body: ReopeningBody) -> Response:
    """Reopen it; customers within the branch's days."""
    return answer(_whole(ask(ReopenComplaint(number=path.number, reason=body.reason))))


@api.get("/branches/<uuid:branch_id>/assignable-staff", responses={200: AssignableListView})
def list_assignable(path: BranchPath) -> Response:
    """To whom complaints of the branch can be given."""
    found = ask(ListAssignableStaff(branch_id=path.branch_id))
    return answer(AssignableListView(items=[AssignableView(**one.model_dump()) for one in found.items]))


def _listed(wanted: ListComplaints) -> Response:
    found = ask(wanted)
    return answer(ComplaintListView(items=[ComplaintView.of(one) for one in found.items], next=found.next))


def _whole(complaint: ComplaintDetail) -> WholeComplaintView:
    return WholeComplaintView.of(complaint)
