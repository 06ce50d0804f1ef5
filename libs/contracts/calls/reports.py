"""Calls of the reports service: paper on request."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from contracts.calls import Call, Page, View
from contracts.cards import InvoiceSnapshot, Service
from contracts.fields import IdempotencyKey


class ReportKind(StrEnum):
    """What a report is about."""

    PAYMENTS = "payments"


class Selection(StrEnum):
    """Paid = charges of the period fully settled; partly paid ones stand under unpaid with what is open."""

    PAID = "paid"
    UNPAID = "unpaid"


class ReportFormat(StrEnum):
    """What the file is."""

    PDF = "pdf"
    XLSX = "xlsx"


class ReportView(View):
    """A report. `state`: queued, running, done, failed. `as_of` is the moment that its figures are true for."""

    id: UUID
    kind: ReportKind
    service_kind: Service
    branch_id: UUID | None
    year: int
    month: int
    selection: Selection
    format: ReportFormat
    state: str
    done: int
    total: int
    requested_by: str
    requested_at: datetime
    as_of: datetime | None
    caught_up: bool | None
    """False when the read model had not caught up with the moment of asking within 30 seconds."""
    finished_at: datetime | None
    problem: str | None
    file_name: str | None
    size: int | None
    replayed: bool = False
    monthly: bool = False
    """Made by itself at the beginning of the next month."""
    file_gone: bool = False
    """The file was kept for its time and is gone; the report can be made again."""


class RequestReport(Call[ReportView]):
    """Ask for a report; it is made in the background. Without a branch: every branch of the actor."""

    kind: ReportKind
    service_kind: Service
    branch_id: UUID | None = None
    year: Annotated[int, Field(ge=2000, le=2100)]
    month: Annotated[int, Field(ge=1, le=12)]
    selection: Selection
    format: ReportFormat
    idempotency_key: IdempotencyKey | None = None


class GetReport(Call[ReportView]):
    """One report."""

    report_id: UUID


class ReportList(Page):
    """Reports, newest first."""

    items: tuple[ReportView, ...]


class ListReports(Call[ReportList]):
    """The reports that lie within the caller's branches. Raises CursorInvalid."""

    cursor: Annotated[str, Field(max_length=400)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class FilePart(View):
    """A part of a stored file, base64 on the wire."""

    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")

    content: bytes
    size: int
    file_name: str
    media_type: str


class ReadReportFile(Call[FilePart]):
    """A part of a finished report's file. Raises ReportNotReady, ReportFileGone."""

    report_id: UUID
    offset: Annotated[int, Field(ge=0)] = 0
    length: Annotated[int, Field(ge=1, le=1_000_000)] = 1_000_000


class Document(View):
    """A drawn document, base64 on the wire."""

    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")

    content: bytes
    file_name: str
    media_type: str = "application/pdf"


class RenderInvoice(Call[Document]):
    """Draw the PDF of an invoice from its snapshot, in that language."""

    snapshot: InvoiceSnapshot
    locale: Annotated[str, Field(max_length=20)] = "en"
