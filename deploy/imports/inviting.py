"""`--invite`: mail every customer of an import a one-time link, once."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select

from contracts.calls.customers import InviteCustomer
from contracts.cards import CustomerState
from customers.signin_tables import Login, OneTimeLink
from customers.tables import Customer
from customers.usecases.invite_customer import invite_customer
from deploy.imports import limits
from deploy.imports.databases import IMPORTER, Databases


def invite(databases: Databases, customer_ids: list[UUID], say: Callable[[str], object]) -> int:
    """Issue a link to each of these customers who can be mailed, has no password and was never sent a link.

    So a second attempt mails nobody twice. The running services send the mails. Returns how many were invited.
    """
    key, invited = databases.keys.sealing(), 0
    for start in range(0, len(customer_ids), limits.INVITED_AT_ONCE):
        with databases.customers.transaction() as session:
            waiting = session.scalars(
                select(Customer.id)
                .join(Login, Login.customer_id == Customer.id)
                .where(
                    Customer.id.in_(customer_ids[start : start + limits.INVITED_AT_ONCE]),
                    Customer.email.is_not(None),
                    Customer.state == CustomerState.ACTIVE.value,
                    Login.password_hash.is_(None),
                    ~select(OneTimeLink.id).where(OneTimeLink.login_id == Login.id).exists(),
                )
            ).all()
            for customer_id in waiting:
                request = InviteCustomer(customer_id=customer_id)
                invite_customer(session, request, IMPORTER, databases.clock, key)
            invited += len(waiting)
    say(
        f"Invited: {invited:,} customers get a link to set a password; "
        f"{len(customer_ids) - invited:,} need none or have no e-mail."
    )
    return invited
