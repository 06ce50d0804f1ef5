"""The doors about the access of staff; calls are in contracts/calls/staffing.py."""

from chassis.service import Service, call
from contracts.actor import Actor
from contracts.calls import Done, staffing
from customers.usecases.end_staff_sessions import end_staff_sessions
from customers.usecases.invite_staff import invite_staff


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
