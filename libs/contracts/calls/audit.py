"""Calls about the audit log. ListAudit is answered by every service about its own; the caller names the service."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.calls import Call, Page, View
from contracts.fields import Line

SERVICE = "customers"
"""Who answers WhoIs."""


class AuditEntry(View):
    """Who did what. `subject` is staff:<id>, customer:<id> or service:<name>, empty for who is not known."""

    id: int
    at: datetime
    trace: str
    subject: str
    role: str
    via: str
    call: str
    kind: str
    """What was changed: customer, payment, staff, ..."""
    object_id: str
    customer_id: UUID | None
    branch_id: UUID | None
    outcome: str
    """done, or the code of the refusal."""
    detail: dict[str, Any]
    sequence: int | None
    """Its number in the chain; None for some seconds."""
    place: str
    """A list goes on behind this entry with this cursor."""


class AuditList(Page):
    """Entries of one service, newest first."""

    items: tuple[AuditEntry, ...]


class ListAudit(Call[AuditList]):
    """The audit log of the service asked: everything for the operator admin, own branches for managers.

    Raises Forbidden, NotFound for a hidden branch, UnknownCursor.
    """

    subject: Line | None = None
    call: Line | None = None
    kind: Line | None = None
    customer_id: UUID | None = None
    branch_id: UUID | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    """Not this moment any more."""
    cursor: Line | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class KnownPerson(View):
    """Somebody whom an audit log tells of. `crf` for customers, `username` for staff."""

    subject: str
    name: str
    username: str = ""
    crf: str = ""


class PeopleKnown(View):
    """Those who were found; others are hidden or gone."""

    items: tuple[KnownPerson, ...]


class WhoIs(Call[PeopleKnown]):
    """The names of these subjects, and who has the user name or CRF number that was `typed`. Raises Forbidden."""

    subjects: Annotated[tuple[str, ...], Field(max_length=400)] = ()
    typed: Line = ""
