"""The doors about the access of staff, and what audit logs need; calls are in contracts/calls/staffing.py, audit.py and
id_numbers.py.
"""

from chassis.service import Service, call
from contracts.actor import Actor
from contracts.calls import Done, staffing
from contracts.calls.audit import PeopleKnown, WhoIs
from contracts.calls.id_numbers import IdNumberShown, ShowIdNumber
from customers.usecases.end_staff_sessions import end_staff_sessions
from customers.usecases.invite_staff import invite_staff
from customers.usecases.show_id_number import show_id_number
from customers.who_is import who_is


class StaffDoors(Service):
    """What a manager does about the access of their staff."""

    @call
    def invite_staff(self, request: staffing.InviteStaff, actor: Actor) -> Done:
        """Mail a one-time link to a member of staff."""
        with self.transaction() as session:
            return invite_staff(session, request, actor, self.clock, self.platform.sealing_key)

    @call
    def end_staff_sessions(self, request: staffing.EndStaffSessions, actor: Actor) -> Done:
        """End the sessions of a member of staff."""
        with self.transaction() as session:
            return end_staff_sessions(session, request, actor, self.clock)

    @call
    def show_id_number(self, request: ShowIdNumber, actor: Actor) -> IdNumberShown:
        """An ID number in clear; the audit log has who looked."""
        with self.transaction() as session:
            return show_id_number(session, request, actor, self.platform.field_keys)

    @call
    def who_is(self, request: WhoIs, actor: Actor) -> PeopleKnown:
        """Names for an audit log."""
        with self.reading() as session:
            return who_is(session, request, actor)
