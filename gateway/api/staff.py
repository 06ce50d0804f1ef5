"""Staff: the operator's own people, their roles and branches."""

from typing import Annotated, Literal, Self
from uuid import UUID

from flask import Response
from pydantic import BaseModel, Field

from contracts.actor import Role
from contracts.calls.customers import AddStaff, ChangeStaff, GetStaff, ListStaff
from contracts.calls.customers import StaffView as StaffMember
from contracts.calls.staffing import EndStaffSessions, InviteStaff
from contracts.cards import CustomerState
from contracts.fields import EmailAddress, Name, Username
from gateway.api.resource import answer, nothing, resource
from gateway.api.shapes import Body, PageQuery, Parameters
from gateway.auth import session_cache
from gateway.rpc import ask

api = resource("staff", "staff", "Staff with their roles and branches")

BranchIds = Annotated[tuple[UUID, ...], Field(max_length=200)]


class StaffPath(Parameters):
    """Which member of staff."""

    staff_id: UUID


class StaffView(BaseModel):
    """A member of staff."""

    id: UUID
    username: str
    name: str
    email: str
    role: Role
    branch_ids: list[UUID]
    state: CustomerState
    two_step: bool

    @classmethod
    def of(cls, member: StaffMember) -> Self:
        """From the call's answer."""
        return cls.model_validate(member.model_dump())


class StaffList(BaseModel):
    """Staff by username."""

    items: list[StaffView]
    next: str | None


class StaffBody(Body):
    """A new member of staff, who gets a one-time link by e-mail."""

    username: Username
    name: Name | None = None
    email: EmailAddress
    role: Role
    branch_ids: BranchIds = ()


class StaffChange(Body):
    """What is to change of a member of staff; their sessions end."""

    name: Name | None = None
    email: EmailAddress | None = None
    role: Role | None = None
    branch_ids: BranchIds | None = None
    state: CustomerState | None = None


class StaffInvitationView(BaseModel):
    """An invitation that is under way."""

    staff_id: UUID
    state: Literal["queued"] = "queued"


@api.get("/staff", responses={200: StaffList})
def list_staff(query: PageQuery) -> Response:
    """The staff that you manage."""
    found = ask(ListStaff(**query.given()))
    return answer(StaffList(items=[StaffView.of(member) for member in found.items], next=found.next))


@api.post("/staff", responses={201: StaffView})
def add_staff(body: StaffBody) -> Response:
    """Add a member of staff; they get a link by e-mail to set their password."""
    member = ask(AddStaff(**body.given()))
    return answer(StaffView.of(member), 201, location=f"/staff/{member.id}")


@api.get("/staff/<uuid:staff_id>", responses={200: StaffView})
def show_staff(path: StaffPath) -> Response:
    """One member of staff."""
    return answer(StaffView.of(ask(GetStaff(staff_id=path.staff_id))))


@api.patch("/staff/<uuid:staff_id>", responses={200: StaffView})
def change_staff(path: StaffPath, body: StaffChange) -> Response:
    """Change role, branches, name, e-mail or state of a member of staff."""
    member = ask(ChangeStaff(staff_id=path.staff_id, **body.given()))
    session_cache().forget_all()
    return answer(StaffView.of(member))


@api.post("/staff/<uuid:staff_id>/invitation", responses={202: StaffInvitationView})
def invite_staff(path: StaffPath) -> Response:
    """Mail a member of staff a one-time link to set a password."""
    ask(InviteStaff(staff_id=path.staff_id))
    return answer(StaffInvitationView(staff_id=path.staff_id), 202)


@api.delete("/staff/<uuid:staff_id>/sessions", responses={204: None})
def end_staff_sessions(path: StaffPath) -> Response:
    """Sign a member of staff out everywhere; they may sign in again."""
    ask(EndStaffSessions(staff_id=path.staff_id))
    session_cache().forget_all()
    return nothing()
