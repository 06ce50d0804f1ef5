"""Complaints as others use them: the one that an actor sees, its history, and who may have it."""

from uuid import UUID

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from chassis.audit import within
from chassis.clock import Clock
from contracts.actor import RIGHTS, Actor, Right, Role
from contracts.calls.complaints import ComplaintState, ComplaintStep
from contracts.cards import ComplaintCard, ComplaintKind, CustomerState, Service
from contracts.errors import NotFound
from customers.complaint_tables import Complaint, ComplaintMove
from customers.tables import Customer, StaffBranch, StaffMember

_HANDLERS = [
    role.value for role in Role if role is not Role.SERVICE and Right.HANDLE_COMPLAINTS in RIGHTS[role]
]


def visible_complaint(session: Session, actor: Actor, number: str, *, to_write: bool = False) -> Complaint:
    """The complaint of that number, locked when it is to be changed.

    Raises NotFound for one that is hidden from the actor, in the same words as for none, and Forbidden for a role that
    sees no complaints.
    """
    wanted = select(Complaint).where(Complaint.number == number)
    complaint = session.scalars(wanted.with_for_update() if to_write else wanted).one_or_none()
    if complaint is None:
        raise NotFound("There is no such complaint.")
    actor.require_customer(complaint.customer_id, complaint.branch_id, "complaint")
    actor.require(Right.SEE_COMPLAINTS)
    what = ("complaint", complaint.number)
    within(session, branch_id=complaint.branch_id, customer_id=complaint.customer_id, what=what)
    return complaint


def complaint_to_handle(session: Session, actor: Actor, number: str) -> Complaint:
    """The complaint, locked, for those who handle complaints. Raises NotFound, Forbidden."""
    complaint = visible_complaint(session, actor, number, to_write=True)
    actor.require(Right.HANDLE_COMPLAINTS)
    return complaint


def add_move(
    session: Session, complaint: Complaint, step: ComplaintStep, text: str, actor: Actor, clock: Clock
) -> None:
    """A row of the history: who, when, what."""
    session.add(
        ComplaintMove(
            complaint_id=complaint.id, step=step.value, text=text, by_subject=actor.subject, by_name=actor.name,
            at=clock.now(),
        )
    )  # fmt: skip


def mark_read(session: Session, complaint: Complaint, actor: Actor, clock: Clock) -> None:
    """Somebody who handles complaints has seen it; only the first one is noted down."""
    if complaint.read_at is None:
        complaint.read_at = clock.now()
        add_move(session, complaint, ComplaintStep.READ, "", actor, clock)


def complaint_card(complaint: Complaint) -> ComplaintCard:
    """The complaint as events carry it."""
    return ComplaintCard(
        id=complaint.id, number=complaint.number, kind=ComplaintKind(complaint.kind),
        service=Service(complaint.service) if complaint.service else None, message=complaint.message,
        filed_on=complaint.filed_on,
    )  # fmt: skip


def handlers(branch_id: UUID) -> Select[tuple[StaffMember]]:
    """Who may be given complaints of the branch: active, of a role that handles them, in the branch or everywhere."""
    here = select(StaffBranch.staff_id).where(StaffBranch.branch_id == branch_id)
    return select(StaffMember).where(
        StaffMember.state == CustomerState.ACTIVE.value, StaffMember.role.in_(_HANDLERS),
        or_(StaffMember.role == Role.ADMIN.value, StaffMember.id.in_(here)),
    )  # fmt: skip


def complaints_follow(session: Session, customer: Customer) -> None:
    """The customer went to another branch: whoever sees them there sees their complaints, and nobody else does."""
    theirs = update(Complaint).where(Complaint.customer_id == customer.id)
    session.execute(theirs.values(branch_id=customer.branch_id))
    still = handlers(customer.branch_id).with_only_columns(StaffMember.id)
    is_open = Complaint.state == ComplaintState.OPEN.value
    session.execute(
        theirs.where(is_open, Complaint.assigned_to.not_in(still)).values(assigned_to=None),
        execution_options={"synchronize_session": False},
    )
