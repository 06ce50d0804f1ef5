"""Calls of the customers service about the access of staff: a new link, and the end of their sessions."""

from uuid import UUID

from contracts.calls import Call, Done

SERVICE = "customers"


class InviteStaff(Call[Done]):
    """Mail a member of staff a one-time link to set a password. Raises StaffDeactivated, StaffHasNoEmail, ..."""

    staff_id: UUID


class EndStaffSessions(Call[Done]):
    """End every session of a member of staff; they may sign in again."""

    staff_id: UUID
