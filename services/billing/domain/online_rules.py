"""What becomes of a payment that a customer makes by themselves: states, moves between them, refusals."""

from contracts.calls.online_payments import OnlineProvider, OnlineState, PayTo
from contracts.cards import BranchPolicy
from contracts.errors import Conflict, Forbidden, RuleBroken

WITH_REFERENCE = frozenset({OnlineState.AWAITING, OnlineState.SETTLED, OnlineState.UNALLOCATED})
"""States in which a reference number is taken: no other payment of the branch may have it."""

MOVES: dict[OnlineState, frozenset[OnlineState]] = {
    OnlineState.STARTED: frozenset(
        {OnlineState.AWAITING, OnlineState.SETTLED, OnlineState.REFUSED, OnlineState.UNALLOCATED}
    ),
    OnlineState.AWAITING: frozenset({OnlineState.SETTLED, OnlineState.REFUSED, OnlineState.UNALLOCATED}),
    # A provider that said no may say yes after all: money that came is never turned away.
    OnlineState.REFUSED: frozenset({OnlineState.SETTLED, OnlineState.UNALLOCATED}),
    OnlineState.UNALLOCATED: frozenset({OnlineState.REFUNDED}),
    OnlineState.SETTLED: frozenset(),
    OnlineState.REFUNDED: frozenset(),
}


class ProviderNotOffered(RuleBroken):
    """The branch has no account to pay to, or the provider is not set up."""

    code = "provider_not_offered"


class OnlinePaymentWaiting(Conflict):
    """The customer told us of a payment that staff have not confirmed yet."""

    code = "online_payment_waiting"


class OnlinePaymentDecided(Conflict):
    """What became of this payment is decided already."""

    code = "online_payment_decided"


class CallbackRefused(Forbidden):
    """What came was not said by the provider, or not now."""

    code = "callback_refused"


def may_move(of: OnlineState, to: OnlineState) -> bool:
    """Whether a payment in the one state may come into the other."""
    return to in MOVES[of]


def pay_to(policy: BranchPolicy, currency: str) -> PayTo:
    """The branch's accounts that take its currency: UPI moves rupees only."""
    upi_id = policy.upi_id if currency == "INR" else ""
    if not upi_id and not policy.iban:
        return PayTo()
    return PayTo(account_name=policy.account_name, upi_id=upi_id, iban=policy.iban, bic=policy.bic)


def offered(set_up: frozenset[OnlineProvider], accounts: PayTo) -> tuple[OnlineProvider, ...]:
    """The ways to pay that a customer of the branch has."""
    manual = OnlineProvider.MANUAL in set_up and bool(accounts.upi_id or accounts.iban)
    others = (one for one in sorted(set_up) if one is not OnlineProvider.MANUAL)
    return (*others, *((OnlineProvider.MANUAL,) if manual else ()))
