"""Change a customer's data."""

from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.field_keys import FieldKeys
from chassis.outbox import emit
from contracts.actor import Actor, Right, Role
from contracts.calls.customers import ChangeCustomer, CustomerView, HistoryKind
from contracts.errors import Forbidden
from contracts.events import CustomerChanged
from customers.cards import customer_card, customer_view
from customers.complaints import complaints_follow
from customers.domain.refusals import CustomerChangedMeanwhile, OtherCurrency
from customers.queries import pending_change
from customers.sight import branch_to_write_in, login_of_customer, require_not_erased, visible_customer
from customers.tables import Branch, Customer
from customers.usecases.fill_customer import fill_customer
from customers.usecases.keep_history import as_written, note
from customers.usecases.request_email_change import request_email_change
from customers.usecases.withdraw_email_change import withdraw_changes

OWN_FIELDS = frozenset(
    {
        "email",
        "mobile",
        "locale",
        "house_name",
        "street",
        "area",
        "district",
        "state",
        "country",
        "postal_code",
    }
)
"""What a customer may change of their own record; the rest is the desk's."""


def change_customer(
    session: Session,
    request: ChangeCustomer,
    actor: Actor,
    clock: Clock,
    sealing_key: AESGCM,
    field_keys: FieldKeys,
) -> CustomerView:
    """Change what is given; nothing is told when nothing changed. A customer's own new e-mail address waits until it
    is confirmed; one that the desk enters holds at once, and ends what waited.

    Raises NotFound, Forbidden, CustomerChangedMeanwhile, OtherCurrency, UnknownLocale, BirthInFuture, EmailNotRemoved,
    TooManyEmailLinks, AlreadyErased, IdNumberMasked.
    """
    customer = visible_customer(session, actor, request.customer_id, to_write=True)
    given = request.model_fields_set - {"customer_id", "expected_version"}
    _require_may_change(actor, given)
    require_not_erased(customer)
    _require_as_seen(customer, request)
    if "email" in given and actor.role is Role.CUSTOMER:
        given -= {"email"}
        request_email_change(session, customer, request.email, clock, sealing_key)
    elif "email" in given and request.email != customer.email:
        withdraw_changes(session, customer.id, clock.now())
    branch, before = session.get_one(Branch, customer.branch_id), as_written(customer)
    if request.branch_id is not None and request.branch_id != customer.branch_id:
        branch = _move(session, customer, branch, request.branch_id, actor)
    if request.name is not None:
        customer.set_name(request.name)
    fill_customer(customer, request, given, clock.today(branch.time_zone), field_keys)
    if session.is_modified(customer):
        customer.version, customer.updated_at = customer.version + 1, clock.now()
        note(session, customer, HistoryKind.CHANGED, actor, customer.updated_at, before=before)
        emit(session, CustomerChanged(customer=customer_card(customer)), clock)
    username = login_of_customer(session, customer.id).username
    return customer_view(customer, username, pending_change(session, customer.id, clock))


def _require_may_change(actor: Actor, given: set[str]) -> None:
    if actor.role is not Role.CUSTOMER:
        actor.require(Right.EDIT_CUSTOMERS)
    elif not given <= OWN_FIELDS:
        raise Forbidden(
            "You may change your e-mail address, mobile, address and language; for the rest ask your branch."
        )


def _require_as_seen(customer: Customer, request: ChangeCustomer) -> None:
    if request.expected_version is not None and request.expected_version != customer.version:
        raise CustomerChangedMeanwhile(
            "Somebody else changed these details in the meantime; look at them as they are now, then save again.",
            field="expected_version",
        )


def _move(session: Session, customer: Customer, old: Branch, branch_id: UUID, actor: Actor) -> Branch:
    """To another branch that the actor sees too; the ledger goes along, so the currency must be the same."""
    new = branch_to_write_in(session, actor, branch_id)
    if new.currency != old.currency:
        raise OtherCurrency(
            f"{new.code} keeps its ledgers in {new.currency}, {old.code} in {old.currency}; "
            "a customer cannot move there.",
            field="branch_id",
        )
    customer.branch_id = new.id
    complaints_follow(session, customer)
    complaints_follow(session, customer)
    return new
