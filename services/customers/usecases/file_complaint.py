"""File a complaint: number it, and tell the customer the number."""

from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import idempotency
from chassis.audit import about
from chassis.clock import Clock
from chassis.outbox import emit
from chassis.upserts import Upsert
from contracts.actor import Actor, Right, Role
from contracts.calls.complaints import ComplaintDetail, ComplaintState, ComplaintStep, FileComplaint
from contracts.events import ComplaintReceived
from customers.cards import branch_card, customer_card
from customers.complaint_tables import Complaint
from customers.complaint_views import detail
from customers.complaints import add_move, complaint_card, visible_complaint
from customers.domain.complaints import MOST_OPEN, number_text, service_of
from customers.domain.refusals import TooManyComplaints
from customers.sight import visible_customer
from customers.tables import Branch, Counter, Customer


def file_complaint(session: Session, request: FileComplaint, actor: Actor, clock: Clock) -> ComplaintDetail:
    """File a complaint of a customer, by themself or by staff. The same key files one, and answers `replayed`.

    Raises NotFound, Forbidden, IdempotencyKeyReused, TooManyComplaints.
    """
    customer = visible_customer(session, actor, request.customer_id, to_write=True)
    actor.require(Right.SEE_COMPLAINTS)
    scope, key = f"{actor.subject}:{request.method}", request.idempotency_key
    earlier = idempotency.claim(session, scope, key, request, ComplaintDetail, clock)
    if earlier is not None:
        now = visible_complaint(session, actor, earlier.number)
        return detail(session, now, actor, clock).model_copy(update={"replayed": True})
    if actor.role is Role.CUSTOMER:
        _check_not_too_many(session, customer)
    branch = session.get_one(Branch, customer.branch_id)
    today = clock.today(branch.time_zone)
    service = request.service_kind or service_of(request.kind)
    complaint = Complaint(
        id=uuid4(), branch_id=branch.id, customer_id=customer.id, kind=request.kind.value,
        service=service.value if service else None, message=request.message, state=ComplaintState.OPEN.value,
        filed_at=clock.now(), filed_on=today, filed_by=actor.name,
        number=number_text(branch.code, today.year, _next_count(session, branch, today.year)),
    )  # fmt: skip
    session.add(complaint)
    session.flush()
    add_move(session, complaint, ComplaintStep.FILED, "", actor, clock)
    about(session, "complaint", complaint.number)
    received = ComplaintReceived(
        customer=customer_card(customer), branch=branch_card(branch), complaint=complaint_card(complaint)
    )
    emit(session, received, clock)
    answer = detail(session, complaint, actor, clock)
    idempotency.remember(session, scope, key, answer)
    return answer


def _check_not_too_many(session: Session, customer: Customer) -> None:
    """Raises TooManyComplaints. The customer is locked, so two at once count one after the other."""
    mine = select(func.count()).where(
        Complaint.customer_id == customer.id, Complaint.state == ComplaintState.OPEN.value
    )
    if session.scalars(mine).one() >= MOST_OPEN:
        raise TooManyComplaints(
            f"You have {MOST_OPEN} complaints that are being worked on; please wait for them, or call your branch."
        )


_COUNT_UP = Upsert(
    Counter,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["name"], set_={"value": Counter.value + 1}
    ).returning(Counter.value),
)


def _next_count(session: Session, branch: Branch, year: int) -> int:
    """The next number of the branch and year, without gaps: its row stays locked until the transaction ends."""
    name = f"complaint:{branch.code}:{year}"
    return int(_COUNT_UP.run(session, [{"name": name, "value": 1}]).scalar_one())
