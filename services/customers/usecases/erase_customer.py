"""Remove a customer's personal data."""

from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.erasing import erase_in_events
from chassis.outbox import emit
from contracts.actor import Actor, Right
from contracts.calls.customers import CustomerView, EraseCustomer, HistoryKind
from contracts.cards import CustomerState
from contracts.events import CustomerErased
from customers.cards import customer_card, customer_view
from customers.complaint_tables import Complaint, ComplaintMove
from customers.domain.refusals import NotDeactivated, OtherCrf
from customers.domain.search import crf_key
from customers.sight import login_of_customer, require_not_erased, visible_customer
from customers.signin_tables import EmailChange, Login
from customers.tables import Customer, HistoryEntry
from customers.usecases.end_sessions import end_sessions
from customers.usecases.keep_history import note

STAND_IN = "Erased customer"
"""The name of those who are nobody any more; pages say it in the reader's language."""


def erase_customer(session: Session, request: EraseCustomer, actor: Actor, clock: Clock) -> CustomerView:
    """Blank the record and everything said about the person here, and tell the others to do the same.

    Raises NotFound, Forbidden, AlreadyErased, NotDeactivated, OtherCrf.
    """
    customer = visible_customer(session, actor, request.customer_id, to_write=True)
    actor.require(Right.ERASE_CUSTOMERS)
    require_not_erased(customer)
    if customer.state != CustomerState.DEACTIVATED.value:
        raise NotDeactivated(f"{customer.name} ({customer.crf}) is still served; deactivate them first.")
    if crf_key(request.crf) != customer.crf_key:
        raise OtherCrf(f"This customer has the CRF number {customer.crf}; type it to confirm.", field="crf")
    now = clock.now()
    _blank(customer)
    customer.erased_at = customer.updated_at = now
    customer.version += 1
    login = login_of_customer(session, customer.id)
    _close_for_ever(login)
    end_sessions(session, login.id, now)
    session.execute(delete(EmailChange).where(EmailChange.customer_id == customer.id))
    _blank_what_was_said(session, customer)
    note(session, customer, HistoryKind.ERASED, actor, now, reason=request.reason)
    session.flush()
    erase_in_events(session, customer_card(customer))
    emit(session, CustomerErased(customer=customer_card(customer)), clock)
    return customer_view(customer, None)


def _blank(customer: Customer) -> None:
    """Everything but the id, the branch, the CRF number and the language."""
    customer.set_name(STAND_IN)
    customer.search = ""
    customer.set_mobile(None)
    customer.email = customer.date_of_birth = None
    customer.id_type = customer.notes = ""
    customer.id_number_sealed = customer.id_number_masked = customer.plain_id_number = ""
    customer.house_name = customer.street = customer.area = customer.district = ""
    customer.province = customer.country = customer.postal_code = ""


def _blank_what_was_said(session: Session, customer: Customer) -> None:
    """Changes and complaints: that there were some stays, what they said does not."""
    theirs = select(Complaint.id).where(Complaint.customer_id == customer.id)
    for blanking in (
        update(HistoryEntry).where(HistoryEntry.customer_id == customer.id).values(changes=[], reason=""),
        update(Complaint)
        .where(Complaint.customer_id == customer.id)
        .values(message="", resolution=None, filed_by=""),
        update(ComplaintMove).where(ComplaintMove.complaint_id.in_(theirs)).values(text="", by_name=""),
    ):
        session.execute(blanking, execution_options={"synchronize_session": False})


def _close_for_ever(login: Login) -> None:
    """No password opens it any more, and its name tells nothing."""
    login.is_closed = True
    login.password_hash = login.one_time_hash = login.one_time_expires_at = None
    login.username = login.username_key = f"erased-{uuid4().hex}"
