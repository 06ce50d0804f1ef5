"""Whether a caller may have an invoice drawn."""

from contracts.actor import Actor, Role
from contracts.calls.reports import RenderInvoice
from contracts.errors import NotFound


def may_render(request: RenderInvoice, actor: Actor) -> None:
    """Billing gave the snapshot only to those who may see it; a customer is checked here as well. Raises NotFound."""
    if actor.role is Role.CUSTOMER and actor.customer_id != request.snapshot.customer_id:
        raise NotFound("There is no such invoice.")
