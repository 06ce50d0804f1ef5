"""A call of the customers service: an ID number in clear, which the audit log notes down."""

from uuid import UUID

from contracts.calls import Call, View

SERVICE = "customers"


class IdNumberShown(View):
    """The number of a customer's identity document, as it is; empty where none is kept."""

    customer_id: UUID
    id_type: str
    id_number: str


class ShowIdNumber(Call[IdNumberShown]):
    """Look at an ID number, which everything else shows masked. Who looked is written into the audit log.

    Raises NotFound, Forbidden, AlreadyErased.
    """

    customer_id: UUID
