"""From the old program's records to rows of ours. Ids are made from the import's, the same at every attempt."""

import re
from collections.abc import Mapping as Lookup
from uuid import UUID, uuid5

from billing.domain.periods import add_months
from billing.usecases.import_documents import DocumentRow
from billing.usecases.import_subscriptions import MonthRow, SubscriptionRow
from contracts.fields import period_of
from customers.usecases.import_complaints import ComplaintRow
from customers.usecases.import_customers import CustomerRow
from deploy.imports.ctvms.old_records import OldComplaint, Records
from deploy.imports.mapping import PlanToMake
from deploy.imports.rows import customer_id_of

_NOT_IN_A_CODE = re.compile(r"[^A-Za-z0-9._]+", re.ASCII)


def plan_code(name: str) -> str:
    """A plan's code from its name: "FUP 50M 400G" -> "FUP-50M-400G"."""
    return _NOT_IN_A_CODE.sub("-", name).strip("-._")[:40] or "PLAN"


def plans_of(records: Records, price: str) -> dict[str, PlanToMake]:
    """Every plan that a connection has, by its code."""
    return {
        plan_code(one.plan): PlanToMake(name=one.plan, service=one.service, price=price)
        for one in records.connections
    }


def customer_rows(records: Records, import_id: UUID, branch_id: UUID) -> list[CustomerRow]:
    """The customers with what other tables tell of them: their username, their chip, their broadband username."""
    chips = {one.crf: one.chip for one in records.connections if one.chip}
    return [
        customer.model_copy(
            update={
                "id": customer_id_of(import_id, customer.crf),
                "branch_id": branch_id,
                "username": records.usernames.get(customer.crf),
                "notes": _notes(chips.get(customer.crf), records.broadband_usernames.get(customer.crf)),
            }
        )
        for customer in records.customers
    ]


def complaint_rows(records: Records, import_id: UUID, branch_code: str) -> list[ComplaintRow]:
    """The complaints, under a source of their own."""
    return [_complaint(one, import_id, branch_code) for one in records.complaints]


def billed_from(records: Records) -> str | None:
    """The month after the last one in the payment tables; None when they have no month."""
    last = max((period for one in records.connections for period in one.months), default=None)
    return add_months(last, 1) if last else None


def subscription_rows(
    records: Records, import_id: UUID, plan_ids: Lookup[str, UUID], month_minor: int
) -> list[SubscriptionRow]:
    """The connections with their months, each settled or open as a whole; `plan_ids` by code."""
    first = billed_from(records)
    return [
        SubscriptionRow(
            id=uuid5(import_id, f"subscription:{one.crf}:{one.service.value}"),
            customer_id=customer_id_of(import_id, one.crf), plan_id=plan_ids[plan_code(one.plan)],
            started_on=one.started_on, billed_from=max(first or "", period_of(one.started_on)),
            months=tuple(
                MonthRow(period=period, amount_minor=month_minor, settled=settled)
                for period, settled in sorted(one.months.items())
            ),
        )
        for one in records.connections
    ]  # fmt: skip


def document_rows(records: Records, import_id: UUID) -> list[DocumentRow]:
    """The old invoices, row by row."""
    return [
        DocumentRow(
            source_row=one.row, customer_id=customer_id_of(import_id, one.crf), number=one.number,
            issued_on=one.issued_on, service=one.service, mode=one.mode, reference=one.reference,
        )
        for one in records.invoices
    ]  # fmt: skip


def _complaint(one: OldComplaint, import_id: UUID, branch_code: str) -> ComplaintRow:
    return ComplaintRow(
        source=f"CTVMS {branch_code}", number=one.number, customer_id=customer_id_of(import_id, one.crf), crf=one.crf,
        kind=one.kind, message=one.message, is_read=one.is_read, is_resolved=one.is_resolved,
    )  # fmt: skip


def _notes(chip: str | None, broadband_username: str | None) -> str:
    lines = []
    if chip:
        lines.append(f"Set-top box chip {chip}")
    if broadband_username:
        lines.append(f"Broadband username {broadband_username}")
    return "\n".join(lines)
