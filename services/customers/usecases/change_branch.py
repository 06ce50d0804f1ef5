"""Change a branch's data or policy."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.outbox import emit
from contracts.actor import Actor, Right
from contracts.calls.customers import ChangeBranch
from contracts.cards import BranchCard
from contracts.errors import NotFound
from contracts.events import BranchChanged
from contracts.money import Money
from customers.cards import branch_card
from customers.domain import places
from customers.domain.refusals import CurrencyInUse
from customers.tables import Branch, Customer


def change_branch(session: Session, request: ChangeBranch, actor: Actor, clock: Clock) -> BranchCard:
    """Change what is given; nothing is told when nothing changed.

    Raises NotFound, Forbidden, CurrencyInUse and the refusals of domain/places.py.
    """
    actor.require_branch(request.branch_id, "branch")
    actor.require(Right.MANAGE_BRANCHES)
    branch = session.get(Branch, request.branch_id, with_for_update=True)
    if branch is None:
        raise NotFound("There is no such branch.")
    before = branch_card(branch)
    _change_currency(session, branch, request)
    _change_policy(branch, request)
    if request.name is not None:
        branch.name = request.name
    if request.time_zone is not None:
        branch.time_zone = places.require_time_zone(request.time_zone)
    if request.locale is not None:
        branch.locale = places.require_locale(request.locale)
    if request.tax_id is not None:
        branch.tax_id = request.tax_id
    if request.letterhead is not None:
        branch.letterhead = list(request.letterhead)
    if branch_card(branch) == before:
        return before
    branch.version, branch.updated_at = branch.version + 1, clock.now()
    card = branch_card(branch)
    emit(session, BranchChanged(branch=card), clock)
    return card


def _change_currency(session: Session, branch: Branch, request: ChangeBranch) -> None:
    """The minimum payment keeps its figure when the currency changes: 250 rupees become 250 dollars."""
    whole, _, part = Money.of(branch.minimum_payment_minor, branch.currency).decimal_text().partition(".")
    minimum = f"{whole}.{part}" if part.strip("0") else whole
    if request.currency is not None and request.currency != branch.currency:
        currency = places.require_currency(request.currency)
        if session.scalar(select(Customer.id).where(Customer.branch_id == branch.id).limit(1)) is not None:
            raise CurrencyInUse(
                f"{branch.code} has customers, whose ledgers are kept in {branch.currency}; "
                f"add another branch for {currency}.",
                field="currency",
            )
        branch.currency = currency
        branch.minimum_payment_minor = places.minimum_payment(request.minimum_payment or minimum, currency)
    elif request.minimum_payment is not None:
        branch.minimum_payment_minor = places.minimum_payment(request.minimum_payment, branch.currency)


def _change_policy(branch: Branch, request: ChangeBranch) -> None:
    if request.invoicing is not None:
        branch.invoicing = places.require_invoicing(request.invoicing).value
    if request.proration is not None:
        branch.proration = request.proration.value
    if request.grace_days is not None:
        branch.grace_days = request.grace_days
    if request.suspend_after_days is not None:
        branch.suspend_after_days = request.suspend_after_days
    if request.reminder_days is not None:
        branch.reminder_days = sorted(set(request.reminder_days))
    if request.reminder_pause_days is not None:
        branch.reminder_pause_days = request.reminder_pause_days
    if request.reminder_stages is not None:
        branch.reminder_stages = places.require_stages(request.reminder_stages)
    if request.complaint_reopen_days is not None:
        branch.complaint_reopen_days = request.complaint_reopen_days
    for account in ("upi_id", "iban", "bic", "account_name"):
        if (given := getattr(request, account)) is not None:
            setattr(branch, account, given)
    if request.cash_desk is not None:
        branch.cash_desk = request.cash_desk.value
