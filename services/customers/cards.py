"""Rows as others see them: cards for events, views for answers."""

from collections.abc import Iterable
from uuid import UUID

from contracts.actor import Role
from contracts.calls.customers import CustomerView, StaffView
from contracts.cards import (
    Address,
    BranchCard,
    BranchPolicy,
    CashDeskRule,
    CustomerCard,
    CustomerState,
    Invoicing,
    Proration,
)
from customers.domain.places import stages_of
from customers.signin_tables import EmailChange, Login
from customers.tables import Branch, Customer, StaffMember


def branch_card(branch: Branch) -> BranchCard:
    """The branch as events and answers carry it."""
    return BranchCard(
        id=branch.id, version=branch.version, code=branch.code, name=branch.name, currency=branch.currency,
        time_zone=branch.time_zone, locale=branch.locale, tax_id=branch.tax_id, letterhead=tuple(branch.letterhead),
        policy=BranchPolicy(
            minimum_payment_minor=branch.minimum_payment_minor, invoicing=Invoicing(branch.invoicing),
            proration=Proration(branch.proration), grace_days=branch.grace_days,
            suspend_after_days=branch.suspend_after_days, reminder_days=tuple(branch.reminder_days),
            complaint_reopen_days=branch.complaint_reopen_days, reminder_pause_days=branch.reminder_pause_days,
            reminder_stages=stages_of(branch.reminder_stages),
            upi_id=branch.upi_id or "", iban=branch.iban or "", bic=branch.bic or "",
            account_name=branch.account_name or "",
            cash_desk=CashDeskRule(branch.cash_desk),
        ),
    )  # fmt: skip


def customer_card(customer: Customer) -> CustomerCard:
    """The customer as events carry it; no document, no notes, no date of birth."""
    return CustomerCard(
        id=customer.id, version=customer.version, branch_id=customer.branch_id, crf=customer.crf, name=customer.name,
        email=customer.email, mobile=customer.mobile, locale=customer.locale, state=CustomerState(customer.state),
        address=Address(
            house_name=customer.house_name, street=customer.street, area=customer.area, district=customer.district,
            state=customer.province, country=customer.country, postal_code=customer.postal_code,
        ),
        erased=customer.erased_at is not None,
    )  # fmt: skip


def customer_view(
    customer: Customer, username: str | None, pending: EmailChange | None = None
) -> CustomerView:
    """The customer as the desk and the customer themself see it; `pending`: the address that is to be confirmed."""
    return CustomerView(
        id=customer.id, version=customer.version, crf=customer.crf, name=customer.name, email=customer.email,
        mobile=customer.mobile, branch_id=customer.branch_id, date_of_birth=customer.date_of_birth,
        id_type=customer.id_type, id_number=customer.shown_id_number(), house_name=customer.house_name,
        street=customer.street, area=customer.area, district=customer.district, state=customer.province,
        country=customer.country, postal_code=customer.postal_code, locale=customer.locale, notes=customer.notes,
        status=CustomerState(customer.state), username=username, created_at=customer.created_at,
        updated_at=customer.updated_at, erased=customer.erased_at is not None,
        pending_email=pending.email if pending else None,
        pending_email_until=pending.expires_at if pending else None,
    )  # fmt: skip


def staff_view(
    member: StaffMember, login: Login, branch_ids: Iterable[UUID], *, two_step: bool = False
) -> StaffView:
    """A member of staff as those who manage them see it."""
    return StaffView(
        id=member.id, username=login.username, name=member.name, email=member.email, role=Role(member.role),
        branch_ids=tuple(sorted(branch_ids)), state=CustomerState(member.state), two_step=two_step,
    )  # fmt: skip
