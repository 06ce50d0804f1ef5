"""What every page about one customer shows: who it is, how they stand, and the tabs to the other pages."""

from typing import Any
from uuid import UUID

from contracts.calls import Call
from contracts.calls.billing import GetDues
from contracts.calls.customers import GetCustomer
from gateway.rpc import ask_together


def hub_facts(customer_id: UUID, *more: Call[Any]) -> tuple[dict[str, Any], list[Any]]:
    """The facts of `customers/hub.html`, and the answers to the page's own calls, all asked for at once.

    Raises Refusal, NotFound among them for a customer who is hidden from the caller.
    """
    customer, dues, *answers = ask_together(
        GetCustomer(customer_id=customer_id), GetDues(customer_id=customer_id), *more
    )
    return {"customer": customer, "dues": dues}, answers
