"""Add a customer with a login and a one-time password."""

from uuid import uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.field_keys import FieldKeys
from chassis.outbox import emit
from chassis.seal import seal
from contracts.actor import Actor, Right
from contracts.calls.customers import AddCustomer, CustomerView, HistoryKind
from contracts.cards import CustomerState
from contracts.events import CustomerRegistered, SealedSecret
from customers.cards import customer_card, customer_view
from customers.domain.refusals import CrfTaken
from customers.domain.tokens import ONE_TIME_LIFE, new_password
from customers.domain.usernames import usernames_for
from customers.sight import branch_to_write_in
from customers.tables import Customer
from customers.usecases.count_crf import count_crf
from customers.usecases.fill_customer import fill_customer
from customers.usecases.keep_history import note
from customers.usecases.open_login import open_login

PURPOSE = "one-time-password"
"""What a one-time password is sealed for in CustomerRegistered."""


def add_customer(
    session: Session,
    request: AddCustomer,
    actor: Actor,
    clock: Clock,
    sealing_key: AESGCM,
    field_keys: FieldKeys,
) -> CustomerView:
    """Add a customer to a branch of the actor. With an e-mail address they get a one-time password in their welcome.

    Raises NotFound for a hidden branch, Forbidden, CrfTaken, UnknownLocale, BirthInFuture, IdNumberMasked.
    """
    branch = branch_to_write_in(session, actor, request.branch_id)
    actor.require(Right.EDIT_CUSTOMERS)
    now = clock.now()
    customer = Customer(
        id=uuid4(), version=1, branch_id=branch.id, locale=branch.locale, state=CustomerState.ACTIVE.value,
        created_at=now, updated_at=now,
    )  # fmt: skip
    customer.set_name(request.name)
    customer.set_mobile(request.mobile)
    fill_customer(customer, request, request.model_fields_set, clock.today(branch.time_zone), field_keys)
    customer.set_crf(request.crf or count_crf(session))
    _insert(session, customer)
    note(session, customer, HistoryKind.REGISTERED, actor, now)
    password = new_password() if customer.email else None
    login = open_login(
        session, usernames_for(customer.crf), now, customer_id=customer.id, one_time_password=password
    )
    secret: SealedSecret | None = None
    if password is not None:
        secret = seal(sealing_key, password, PURPOSE, now + ONE_TIME_LIFE)
    card = customer_card(customer)
    emit(session, CustomerRegistered(customer=card, username=login.username, password=secret), clock)
    return customer_view(customer, login.username)


def _insert(session: Session, customer: Customer) -> None:
    taken = CrfTaken(f"Another customer has the CRF number {customer.crf}.", field="crf")
    if session.scalar(select(Customer.id).where(Customer.crf_key == customer.crf_key)) is not None:
        raise taken
    try:
        with session.begin_nested():
            session.add(customer)
    except IntegrityError:
        raise taken from None
