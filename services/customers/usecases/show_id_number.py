"""Show an ID number in clear, and note down who looked."""

from sqlalchemy.orm import Session

from chassis.audit import about
from chassis.field_keys import FieldKeys
from contracts.actor import Actor, Right
from contracts.calls.id_numbers import IdNumberShown, ShowIdNumber
from customers.sight import require_not_erased, visible_customer


def show_id_number(session: Session, request: ShowIdNumber, actor: Actor, keys: FieldKeys) -> IdNumberShown:
    """The number, in a unit of work that writes the look into the audit log.

    Raises NotFound, Forbidden, AlreadyErased, FieldUnreadable.
    """
    customer = visible_customer(session, actor, request.customer_id)
    actor.require(Right.SEE_ID_NUMBERS)
    require_not_erased(customer)
    about(session, "id_number", customer.id)
    return IdNumberShown(
        customer_id=customer.id, id_type=customer.id_type, id_number=customer.id_number(keys)
    )
