"""What a payment must fulfil before it is taken (RULES, payments). Every refusal names the amounts."""

from collections.abc import Iterable
from hashlib import sha256

from billing.domain.allocation import Part
from contracts.cards import PaymentMode, Service
from contracts.errors import Conflict, Forbidden, RuleBroken
from contracts.money import Money

SERVICE_NAMES = {Service.CABLE_TV: "cable TV", Service.BROADBAND: "broadband"}


class AmountNotPositive(RuleBroken):
    """The amount is zero or below."""

    code = "amount_not_positive"


class NothingToPay(RuleBroken):
    """No charge is open for what the payment addresses."""

    code = "nothing_to_pay"


class PaymentExceedsDues(RuleBroken):
    """The amount is more than all that is addressed."""

    code = "payment_exceeds_dues"


class PaymentBelowMinimum(RuleBroken):
    """The amount is below the branch's minimum and below all that is addressed."""

    code = "payment_below_minimum"


class ReferenceRequired(RuleBroken):
    """An online payment came without its reference number."""

    code = "reference_required"


class ReferenceUsed(RuleBroken):
    """The reference number is on another online payment of the branch."""

    code = "reference_used"


class ModeNotOffered(RuleBroken):
    """Payments are taken in cash or online; `opening` stands for months before an import."""

    code = "mode_not_offered"


class PaymentAlreadyVoided(Conflict):
    """The payment was reversed before."""

    code = "payment_already_voided"


class DuesChanged(Conflict):
    """What the payment would settle is not what somebody looked at before."""

    code = "dues_changed"


class StillRunning(Conflict):
    """A request with the same key is under way."""

    code = "still_running"


class OnlinePaymentNotOffered(Forbidden):
    """Customers do not record payments: they start an online payment, which is recorded when the money has come."""

    code = "online_payment_not_offered"


def check_mode(mode: PaymentMode, reference: str | None) -> None:
    """Cash or online; online with its reference number."""
    if mode is PaymentMode.OPENING:
        raise ModeNotOffered("A payment is taken in cash or online.", field="mode")
    if mode is PaymentMode.ONLINE and not reference:
        raise ReferenceRequired("An online payment needs its reference number.", field="reference")


def check_positive(amount: Money, field: str = "amount") -> None:
    """Raises AmountNotPositive."""
    if amount.minor <= 0:
        raise AmountNotPositive(f"The amount must be more than zero; {amount} is not.", field=field)


def smallest_payment(addressed: Money, minimum: Money) -> Money:
    """The least that is taken: the branch's minimum, or all that is addressed when that is less."""
    return min(minimum, addressed)


def check_amount(amount: Money, addressed: Money, minimum: Money, service: Service | None = None) -> None:
    """Between the minimum and all that is addressed. Raises AmountNotPositive, NothingToPay,
    PaymentExceedsDues, PaymentBelowMinimum.
    """
    of_service = f" for {SERVICE_NAMES[service]}" if service else ""
    if not addressed:
        raise NothingToPay(f"Nothing is open{of_service}, so there is nothing to pay.", field="amount")
    check_positive(amount)
    if amount > addressed:
        raise PaymentExceedsDues(
            f"{amount} is more than what is open{of_service}: {addressed}. Take at most that.", field="amount"
        )
    least = smallest_payment(addressed, minimum)
    if amount < least:
        whole = f" or all that is open, {addressed}" if least != addressed else ""
        raise PaymentBelowMinimum(
            f"{amount} is below the smallest payment{of_service}, {least}. Take at least that{whole}.",
            field="amount",
        )


def settled_fingerprint(parts: Iterable[Part]) -> str:
    """A digest of which charges a payment settles, how far: the same for the same parts in whatever order."""
    said = sorted(f"{part.charge.id} {part.amount.minor} {part.open_after.minor}" for part in parts)
    return sha256("\n".join(said).encode()).hexdigest()


def check_seen(seen: str | None, parts: Iterable[Part]) -> None:
    """Raises DuesChanged when somebody looked at other parts than these."""
    if seen is not None and seen != settled_fingerprint(parts):
        raise DuesChanged("The dues changed since you looked; look again at what the amount pays now.")
