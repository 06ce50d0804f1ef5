"""Calls of the customers service: complaints, from filing to resolving."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.actor import Role
from contracts.calls import Call, Page, View
from contracts.cards import ComplaintKind, Service
from contracts.fields import IdempotencyKey, Line, Text

SERVICE = "customers"

Words = Annotated[Text, StringConstraints(min_length=3, max_length=4000)]
Number = Annotated[str, Field(max_length=100)]


class ComplaintState(StrEnum):
    """Whether a complaint waits for somebody."""

    OPEN = "open"
    RESOLVED = "resolved"


class AssignedTo(StrEnum):
    """Whose complaints a list shows."""

    ME = "me"
    ANYONE = "anyone"
    NOBODY = "nobody"


class ComplaintStep(StrEnum):
    """What happened to a complaint; a note is one of them, and internal."""

    FILED = "filed"
    READ = "read"
    ASSIGNED = "assigned"
    NOTED = "noted"
    RESOLVED = "resolved"
    REOPENED = "reopened"


class ComplaintView(View):
    """A complaint. What staff do among themselves is left out for customers: `is_read` and `assigned_*` say nothing."""

    number: str
    customer_id: UUID
    customer_name: str
    crf: str
    branch_id: UUID
    kind: ComplaintKind
    service_kind: Service | None
    message: str
    state: ComplaintState
    is_read: bool
    filed_at: datetime
    filed_on: date
    """The business date of the branch."""
    filed_by: str
    age_days: int
    """Days since it was filed, in the branch's time zone; of a resolved one, until it was."""
    assigned_to: UUID | None
    assigned_name: str | None
    resolved_at: datetime | None
    resolution: str | None
    reopen_until: date | None
    """The last day on which the customer may reopen it; None while it is open."""
    imported: bool
    """Taken over from another program: the day of filing and of resolving is that of the import."""


class ComplaintStepView(View):
    """One row of a complaint's history. `text`: the note, the resolution, why it was reopened, or to whom it went."""

    step: ComplaintStep
    text: str
    by_name: str
    at: datetime


class ComplaintDetail(ComplaintView):
    """A complaint with its history, oldest first; customers get what concerns them."""

    steps: tuple[ComplaintStepView, ...]
    time_zone: str
    """The branch's, for the moments."""
    may_reopen: bool
    """Whether the caller could reopen it now."""
    replayed: bool = False


class ComplaintList(Page):
    """Complaints, newest first."""

    items: tuple[ComplaintView, ...]


class ListComplaints(Call[ComplaintList]):
    """Complaints that the actor sees; customers see their own."""

    customer_id: UUID | None = None
    branch_id: UUID | None = None
    state: ComplaintState | None = None
    read: bool | None = None
    kind: ComplaintKind | None = None
    assigned: AssignedTo | None = None
    older_than_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    cursor: Annotated[str, Field(max_length=400)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class GetComplaint(Call[ComplaintDetail]):
    """One complaint. Reading it changes nothing; MarkComplaintRead does."""

    number: Number


class FileComplaint(Call[ComplaintDetail]):
    """File a complaint; the customer gets its number by e-mail. Once per key. Raises TooManyComplaints."""

    customer_id: UUID
    kind: ComplaintKind
    service_kind: Service | None = None
    message: Words
    idempotency_key: IdempotencyKey


class MarkComplaintRead(Call[ComplaintDetail]):
    """Staff who handle complaints have opened it; the first one is noted down, later ones change nothing."""

    number: Number


class NoteOnComplaint(Call[ComplaintDetail]):
    """Write an internal note, which the customer does not see."""

    number: Number
    note: Words


class AssignComplaint(Call[ComplaintDetail]):
    """Give it to somebody who handles complaints in its branch, or to nobody. Raises NotAssignable."""

    number: Number
    staff_id: UUID | None = None


class ResolveComplaint(Call[ComplaintDetail]):
    """Tell the customer that it is settled, and how. Raises AlreadyResolved."""

    number: Number
    resolution: Words


class ReopenComplaint(Call[ComplaintDetail]):
    """It is not settled after all. Customers within the branch's days. Raises NotResolved, ReopenTooLate."""

    number: Number
    reason: Words


class ComplaintCounts(View):
    """How many complaints of the actor's branches wait."""

    open: int
    unread: int
    """Of the open ones, those that nobody who handles them has opened yet."""


class CountComplaints(Call[ComplaintCounts]):
    """Count what waits in the actor's branches, with one look at an index; of customers their own."""

    branch_id: UUID | None = None


class Assignable(View):
    """Somebody to whom a complaint can be given."""

    id: UUID
    name: Line
    role: Role


class AssignableList(View):
    """By name."""

    items: tuple[Assignable, ...]


class ListAssignableStaff(Call[AssignableList]):
    """Who handles complaints in the branch: name and role, for those who may not manage staff too."""

    branch_id: UUID
