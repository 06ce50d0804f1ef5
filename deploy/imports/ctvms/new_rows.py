"""From the old program's records to rows of ours. Ids are made from the import's, the same at every attempt."""

import re
from uuid import UUID, uuid5

from contracts.cards import Service
from contracts.fields import PlanCode
from customers.usecases.import_complaints import ComplaintRow
from customers.usecases.import_customers import CustomerRow
from deploy.imports.ctvms.old_records import Connection, OldComplaint, Records
from deploy.imports.rows import customer_id_of

_NOT_IN_A_CODE = re.compile(r"[^A-Za-z0-9._]+", re.ASCII)


def plan_code(name: str) -> PlanCode:
    """A plan's code from its name: "FUP 50M 400G" -> "FUP-50M-400G"."""
    return _NOT_IN_A_CODE.sub("-", name).strip("-._")[:40] or "PLAN"


def plans_of(records: Records) -> dict[str, tuple[str, Service]]:
    """Every plan that a connection has: its name and service by its code."""
    return {plan_code(one.plan): (one.plan, one.service) for one in records.connections}


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


def subscription_id_of(import_id: UUID, connection: Connection) -> UUID:
    """A connection's id."""
    return uuid5(import_id, f"subscription:{connection.crf}:{connection.service.value}")


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
