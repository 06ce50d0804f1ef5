"""The doors for complaints; every call is in contracts/calls/complaints.py."""

from chassis.service import Service, call
from contracts.actor import Actor
from contracts.calls import complaints as calls
from customers import complaint_views
from customers.usecases.assign_complaint import assign_complaint
from customers.usecases.file_complaint import file_complaint
from customers.usecases.mark_complaint_read import mark_complaint_read
from customers.usecases.note_on_complaint import note_on_complaint
from customers.usecases.reopen_complaint import reopen_complaint
from customers.usecases.resolve_complaint import resolve_complaint


class ComplaintDoors(Service):
    """A part of CustomersService."""

    @call
    def list_complaints(self, request: calls.ListComplaints, actor: Actor) -> calls.ComplaintList:
        """Complaints that the actor sees, newest first."""
        with self.reading() as session:
            return complaint_views.list_complaints(session, request, actor, self.clock)

    @call
    def get_complaint(self, request: calls.GetComplaint, actor: Actor) -> calls.ComplaintDetail:
        """One complaint with its history."""
        with self.reading() as session:
            return complaint_views.get_complaint(session, request.number, actor, self.clock)

    @call
    def count_complaints(self, request: calls.CountComplaints, actor: Actor) -> calls.ComplaintCounts:
        """How many wait, and how many of them are unread."""
        with self.reading() as session:
            return complaint_views.count_complaints(session, request, actor)

    @call
    def list_assignable_staff(self, request: calls.ListAssignableStaff, actor: Actor) -> calls.AssignableList:
        """To whom complaints of a branch can be given."""
        with self.reading() as session:
            return complaint_views.list_assignable_staff(session, request.branch_id, actor)

    @call
    def file_complaint(self, request: calls.FileComplaint, actor: Actor) -> calls.ComplaintDetail:
        """File a complaint."""
        with self.transaction() as session:
            return file_complaint(session, request, actor, self.clock)

    @call
    def mark_complaint_read(self, request: calls.MarkComplaintRead, actor: Actor) -> calls.ComplaintDetail:
        """Note down that it was opened."""
        with self.transaction() as session:
            return mark_complaint_read(session, request, actor, self.clock)

    @call
    def note_on_complaint(self, request: calls.NoteOnComplaint, actor: Actor) -> calls.ComplaintDetail:
        """Write an internal note."""
        with self.transaction() as session:
            return note_on_complaint(session, request, actor, self.clock)

    @call
    def assign_complaint(self, request: calls.AssignComplaint, actor: Actor) -> calls.ComplaintDetail:
        """Give it to somebody, or to nobody."""
        with self.transaction() as session:
            return assign_complaint(session, request, actor, self.clock)

    @call
    def resolve_complaint(self, request: calls.ResolveComplaint, actor: Actor) -> calls.ComplaintDetail:
        """Close it and tell the customer."""
        with self.transaction() as session:
            return resolve_complaint(session, request, actor, self.clock)

    @call
    def reopen_complaint(self, request: calls.ReopenComplaint, actor: Actor) -> calls.ComplaintDetail:
        """Open it again."""
        with self.transaction() as session:
            return reopen_complaint(session, request, actor, self.clock)
