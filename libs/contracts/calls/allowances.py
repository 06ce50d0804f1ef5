"""How often somebody may ask: customers counts for all gateways, and hands out requests by the dozen."""

from typing import Annotated

from pydantic import Field

from contracts.calls import Call, View

SERVICE = "customers"


class Allowance(View):
    """So many requests may be let through within so many seconds, without asking again."""

    requests: int
    seconds: float


class TakeAllowance(Call[Allowance]):
    """Some requests for an address from which nobody is signed in. Open to everybody. Raises Throttled."""

    address: Annotated[str, Field(max_length=100)]
