"""Add a branch."""

from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.audit import about
from chassis.clock import Clock
from chassis.outbox import emit
from contracts.actor import Actor, Right
from contracts.calls.customers import AddBranch
from contracts.cards import BranchCard
from contracts.events import BranchChanged
from customers.cards import branch_card
from customers.domain import places
from customers.domain.refusals import BranchCodeTaken
from customers.tables import Branch


def add_branch(session: Session, request: AddBranch, actor: Actor, clock: Clock) -> BranchCard:
    """Add a branch and tell everybody. Raises Forbidden, BranchCodeTaken and the refusals of domain/places.py."""
    actor.require(Right.MANAGE_BRANCHES)
    now = clock.now()
    currency = places.require_currency(request.currency)
    branch = Branch(
        id=uuid4(), version=1, code=request.code, name=request.name, currency=currency,
        time_zone=places.require_time_zone(request.time_zone), locale=places.require_locale(request.locale),
        tax_id=request.tax_id, letterhead=list(request.letterhead),
        minimum_payment_minor=places.minimum_payment(request.minimum_payment or places.DEFAULT_MINIMUM, currency),
        invoicing=places.require_invoicing(request.invoicing).value, proration=request.proration.value,
        grace_days=request.grace_days, suspend_after_days=request.suspend_after_days,
        reminder_days=sorted(set(request.reminder_days)), complaint_reopen_days=request.complaint_reopen_days,
        reminder_pause_days=request.reminder_pause_days, reminder_stages=places.require_stages(request.reminder_stages),
        upi_id=request.upi_id, iban=request.iban, bic=request.bic,
        account_name=request.account_name, cash_desk=request.cash_desk.value,
        created_at=now, updated_at=now,
    )  # fmt: skip
    _insert(session, branch)
    card = branch_card(branch)
    about(session, "branch", branch.id, branch_id=branch.id, code=branch.code)
    emit(session, BranchChanged(branch=card), clock)
    return card


def _insert(session: Session, branch: Branch) -> None:
    taken = BranchCodeTaken(f"Another branch has the code {branch.code}; choose another one.", field="code")
    if session.scalar(select(Branch.id).where(Branch.code == branch.code)) is not None:
        raise taken
    try:
        with session.begin_nested():
            session.add(branch)
    except IntegrityError:
        raise taken from None
