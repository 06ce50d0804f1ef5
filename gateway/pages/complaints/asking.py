"""What a form or an address asks for, as a call; what an address says wrongly is left out."""

from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from contracts.calls.complaints import AssignedTo, ComplaintState, FileComplaint, ListComplaints
from contracts.cards import ComplaintKind, Service

from .forms import ALL, ComplaintForm, FilterForm

Choice = TypeVar("Choice", bound=StrEnum)


def wanted_of(form: FilterForm, cursor: str | None, limit: int) -> ListComplaints:
    """The list that the address asks for; what it says wrongly is left out."""
    older = form.older.data
    return ListComplaints(
        branch_id=uuid_in(form.branch.data),
        state=None
        if form.state.data == ALL
        else one_of(ComplaintState, form.state.data) or ComplaintState.OPEN,
        read={"yes": True, "no": False}.get(form.read.data),
        kind=one_of(ComplaintKind, form.kind.data),
        assigned=one_of(AssignedTo, form.assigned.data),
        older_than_days=older if older is not None and 0 <= older <= 3650 else None,
        cursor=cursor or None,
        limit=limit,
    )


def filing(customer_id: UUID, form: ComplaintForm) -> FileComplaint:
    """The complaint that the form tells of."""
    return FileComplaint(
        customer_id=customer_id, kind=ComplaintKind(form.kind.data),
        service_kind=one_of(Service, form.service.data), message=form.message.data, idempotency_key=form.key.data,
    )  # fmt: skip


def one_of(kind: type[Choice], text: str | None) -> Choice | None:
    """The choice of that name; None for anything else."""
    return kind(text) if text in list(kind) else None


def uuid_in(text: str | None) -> UUID | None:
    """The id; None for anything else."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
