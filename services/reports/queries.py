"""Reads: the rows of a report from the read model, and what the inbox has not worked off yet."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    Subquery,
    and_,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session

from chassis.tables import InboxRow
from contracts.calls.reports import Selection
from contracts.cards import BranchCard, PaymentMode
from reports.domain.report import ReportRow
from reports.report_tables import Report
from reports.tables import (
    BranchCopy,
    Charge,
    CustomerCopy,
    Payment,
    PaymentAllocation,
    PaymentVoid,
    SubscriptionCopy,
)

_FETCH = 1_000


def charge_rows(session: Session, report: Report) -> Iterator[list[ReportRow]]:
    """The report's charges by branch and CRF number, some at a time; one statement, so one state of the read model.

    Paid are charges with nothing open; every other one is unpaid, a part payment or not (contracts.calls.reports).
    """
    found = session.execute(_charges(report), execution_options={"yield_per": _FETCH})
    for part in found.partitions():
        yield [_report_row(row) for row in part]


def branches_of(session: Session, branch_ids: Sequence[UUID] | None) -> list[BranchCard]:
    """The known branches among these, or all that are known, by code."""
    wanted = select(BranchCopy.card).order_by(BranchCopy.code)
    if branch_ids is not None:
        wanted = wanted.where(BranchCopy.id.in_(branch_ids))
    return [BranchCard.model_validate(card) for card in session.scalars(wanted)]


_PENDING = InboxRow.state == literal_column("'pending'")
_PARKED = InboxRow.state == literal_column("'parked'")
"""Written out: of a parameter PostgreSQL cannot know that the indexes of pending and of parked rows hold it."""


def has_pending_events(session: Session, until: datetime) -> bool:
    """Whether an event that was received until then still waits for its projection."""
    waiting = select(InboxRow.event_id).where(_PENDING, InboxRow.received_at <= until)
    return session.execute(waiting.limit(1)).first() is not None


def oldest_missing(session: Session, until: datetime) -> datetime | None:
    """When the oldest event happened that is not in the read model though received until then: pending or parked."""
    pending = and_(_PENDING, InboxRow.received_at <= until)
    found = session.scalars(
        select(InboxRow.occurred_at).where(or_(pending, _PARKED))
        .order_by(InboxRow.occurred_at).limit(1)
    )  # fmt: skip
    return found.first()


def newest_known(session: Session, producer: str) -> datetime | None:
    """When the newest event of a producer happened that has come."""
    known = select(InboxRow.occurred_at).where(InboxRow.producer == producer)
    return session.scalars(known.order_by(InboxRow.occurred_at.desc()).limit(1)).first()


def _charges(report: Report) -> Select[Any]:
    paid = _paid(report)
    settled = Charge.settled_minor + func.coalesce(paid.c.paid_minor, 0)
    columns = (
        BranchCopy.name.label("branch"), CustomerCopy.crf, CustomerCopy.name, CustomerCopy.mobile,
        CustomerCopy.area, SubscriptionCopy.plan_name, Charge.category, Charge.currency, Charge.amount_minor,
        settled.label("paid_minor"), paid.c.last, paid.c.invoices,
    )  # fmt: skip
    found = (
        select(*columns)
        .select_from(Charge)
        .outerjoin(BranchCopy, BranchCopy.id == Charge.branch_id)
        .outerjoin(CustomerCopy, CustomerCopy.id == Charge.customer_id)
        .outerjoin(SubscriptionCopy, SubscriptionCopy.id == Charge.subscription_id)
        .outerjoin(paid, paid.c.charge_id == Charge.id)
        .where(Charge.period == report.period, Charge.service == report.service_kind)
    )
    covered = branch_ids_of(report)
    if covered is not None:
        found = found.where(Charge.branch_id.in_(covered))
    found = found.where(_selected(report, Charge.amount_minor - settled))
    by_crf = (func.length(CustomerCopy.crf), CustomerCopy.crf)  # 999 before 1000
    return found.order_by(BranchCopy.code, *by_crf, Charge.customer_id, Charge.id)


def branch_ids_of(report: Report) -> list[UUID] | None:
    """The branches that the report covers; None for every branch."""
    return None if report.branch_ids is None else [UUID(branch_id) for branch_id in report.branch_ids]


def _selected(report: Report, still_open: ColumnElement[int]) -> ColumnElement[bool]:
    return still_open <= 0 if report.selection == Selection.PAID.value else still_open > 0


def _paid(report: Report) -> Subquery:
    """By charge: what payments that stand have settled, the day and mode of the last one, the invoice numbers."""
    voided = exists().where(PaymentVoid.payment_id == PaymentAllocation.payment_id)
    return (
        select(
            PaymentAllocation.charge_id,
            func.sum(PaymentAllocation.amount_minor).label("paid_minor"),
            func.max(cast(Payment.paid_on, String) + " " + Payment.mode).label("last"),
            func.aggregate_strings(Payment.invoice_number, " ").label("invoices"),
        )
        .join(Payment, Payment.id == PaymentAllocation.payment_id)
        .where(PaymentAllocation.period == report.period, PaymentAllocation.service == report.service_kind)
        .where(~voided)
        .group_by(PaymentAllocation.charge_id)
        .subquery("paid")
    )


def _report_row(row: Row[Any]) -> ReportRow:
    last_day, _, last_mode = (row.last or "").partition(" ")
    if not last_mode and row.paid_minor:
        last_mode = PaymentMode.OPENING.value  # settled before the import: nobody took money here
    return ReportRow(
        crf=row.crf or "", customer=row.name or "", mobile=row.mobile or "", area=row.area or "",
        plan=row.plan_name or row.category, currency=row.currency, amount_minor=row.amount_minor,
        paid_minor=int(row.paid_minor), open_minor=row.amount_minor - int(row.paid_minor),
        last_paid_on=date.fromisoformat(last_day) if last_day else None,
        last_mode=PaymentMode(last_mode) if last_mode else None,
        invoice_numbers=tuple(sorted((row.invoices or "").split())), branch=row.branch or "",
    )  # fmt: skip
