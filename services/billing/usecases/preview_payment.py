"""What a payment would settle, before anybody confirms it (RULES, payments)."""

from sqlalchemy.orm import Session

from billing.copies import find_customer
from billing.domain.allocation import total_open
from billing.domain.payment_rules import settled_fingerprint
from billing.dues import of_service, open_dues
from billing.usecases.settle_charges import allot, paid_standings
from chassis.clock import Clock
from contracts.actor import Actor, Right, Role
from contracts.calls.billing import PaymentPreview, PreviewPayment
from contracts.money import Money


def preview_payment(session: Session, request: PreviewPayment, actor: Actor, clock: Clock) -> PaymentPreview:
    """The months that the amount would pay and how the subscriptions would stand; nothing is changed.

    Raises NotFound, Forbidden and the refusals of an amount that RecordPayment names.
    """
    customer = find_customer(session, request.customer_id, actor)
    if actor.role is not Role.CUSTOMER:  # customers see what an online payment of theirs would pay
        actor.require(Right.TAKE_PAYMENTS)
    branch = customer.branch
    dues = open_dues(session, customer.id, branch.currency)
    addressed = total_open((due.charge for due in of_service(dues, request.service_kind)), branch.currency)
    amount = addressed if request.amount is None else Money.parse(request.amount, branch.currency)
    parts = allot(amount, dues, request.service_kind, branch)
    policy = branch.expiry_policy
    _, after = paid_standings(dues, [part for _, part in parts], branch.today(clock), policy)
    return PaymentPreview(
        customer_id=customer.id,
        amount=amount,
        addressed=addressed,
        allocations=tuple(due.allocation(part) for due, part in parts),
        subscriptions=tuple(one.state() for one in after),
        fingerprint=settled_fingerprint(part for _, part in parts),
    )
