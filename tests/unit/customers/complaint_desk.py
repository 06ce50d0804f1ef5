"""A desk where complaints are filed and handled; every method is one unit of work."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from contracts.actor import Actor, Role
from contracts.calls import complaints as calls
from contracts.calls.customers import CustomerView
from customers import complaint_views
from customers.usecases.assign_complaint import assign_complaint
from customers.usecases.file_complaint import file_complaint
from customers.usecases.mark_complaint_read import mark_complaint_read
from customers.usecases.note_on_complaint import note_on_complaint
from customers.usecases.reopen_complaint import reopen_complaint
from customers.usecases.resolve_complaint import resolve_complaint
from tests.unit.customers.builders import Operator, staff_of, the_customer

OPEN, RESOLVED = calls.ComplaintState.OPEN, calls.ComplaintState.RESOLVED


@dataclass
class Desk:
    """An operator with one customer; every method is one unit of work."""

    operator: Operator
    customer: CustomerView

    @property
    def support(self) -> Actor:
        return staff_of(self.operator.main.id, role=Role.SUPPORT)

    @property
    def owner(self) -> Actor:
        return the_customer(self.customer)

    def file(self, actor: Actor | None = None, **fields: Any) -> calls.ComplaintDetail:
        wanted = {
            "customer_id": self.customer.id, "kind": "no_signal", "message": "No picture.",
            "idempotency_key": str(uuid4()),
        }  # fmt: skip
        request = calls.FileComplaint(**{**wanted, **fields})
        with self.operator.writing() as session:
            return file_complaint(session, request, actor or self.owner, self.operator.clock)

    def do(self, use_case: Any, request: Any, actor: Actor | None = None) -> calls.ComplaintDetail:
        with self.operator.writing() as session:
            answer: calls.ComplaintDetail = use_case(
                session, request, actor or self.support, self.operator.clock
            )
            return answer

    def resolve(self, number: str, actor: Actor | None = None) -> calls.ComplaintDetail:
        request = calls.ResolveComplaint(number=number, resolution="The amplifier was replaced.")
        return self.do(resolve_complaint, request, actor)

    def reopen(self, number: str, actor: Actor | None = None) -> calls.ComplaintDetail:
        return self.do(reopen_complaint, calls.ReopenComplaint(number=number, reason="Dark again."), actor)

    def note(self, number: str, actor: Actor | None = None) -> calls.ComplaintDetail:
        return self.do(note_on_complaint, calls.NoteOnComplaint(number=number, note="Called back."), actor)

    def read(self, number: str, actor: Actor | None = None) -> calls.ComplaintDetail:
        return self.do(mark_complaint_read, calls.MarkComplaintRead(number=number), actor)

    def assign(self, number: str, staff_id: UUID | None, actor: Actor | None = None) -> calls.ComplaintDetail:
        return self.do(assign_complaint, calls.AssignComplaint(number=number, staff_id=staff_id), actor)

    def look(self, number: str, actor: Actor) -> calls.ComplaintDetail:
        with self.operator.reading() as session:
            return complaint_views.get_complaint(session, number, actor, self.operator.clock)

    def listed(self, actor: Actor | None = None, **wanted: Any) -> list[str]:
        return [one.number for one in self.page(actor, **wanted).items]

    def page(self, actor: Actor | None = None, **wanted: Any) -> calls.ComplaintList:
        request = calls.ListComplaints(**wanted)
        with self.operator.reading() as session:
            return complaint_views.list_complaints(
                session, request, actor or self.support, self.operator.clock
            )

    def counts(self, actor: Actor | None = None) -> tuple[int, int]:
        with self.operator.reading() as session:
            found = complaint_views.count_complaints(session, calls.CountComplaints(), actor or self.support)
        return found.open, found.unread
