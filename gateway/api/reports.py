"""Reports: asked for here, made in the background, fetched as a file."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from flask import Response, g, request
from pydantic import BaseModel, Field

from chassis.logs import current_trace, tracing
from contracts.calls.reports import (
    FilePart,
    GetReport,
    ReadReportFile,
    ReportFormat,
    ReportKind,
    ReportView,
    RequestReport,
    Selection,
)
from contracts.cards import Service
from gateway.api.resource import PREFIX, answer, document_response, resource
from gateway.api.shapes import Body, OptionalKeyHeader, Parameters, Whole
from gateway.files import file_response
from gateway.rpc import ask, calls

api = resource("reports", "reports", "Paid and unpaid charges as PDF and XLSX")

PART = 1_000_000
"""Bytes asked of reports at a time, so that a file of any size passes through in little memory."""

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ReportPath(Parameters):
    """Which report."""

    report_id: UUID


class RequestedReportView(BaseModel):
    """A report. `state`: queued, running, done or failed. `file` is where it can be fetched once it is done.

    `as_of` is the moment that the figures are true for; `caught_up` false says that later payments may be missing.
    """

    id: UUID
    kind: ReportKind
    service: Service
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
    finished_at: datetime | None
    problem: str | None
    file_name: str | None
    size: int | None
    file: str | None

    @classmethod
    def of(cls, report: ReportView) -> Self:
        """From the call's answer."""
        return cls(
            **report.model_dump(exclude={"service_kind", "replayed"}),
            service=report.service_kind,
            file=f"{PREFIX}/reports/{report.id}/file" if report.state == "done" else None,
        )


class ReportBody(Body):
    """What the report is about. Without `branch_id`: every branch of yours."""

    kind: ReportKind
    service: Service
    branch_id: UUID | None = None
    year: Annotated[Whole, Field(ge=2000, le=2100)]
    month: Annotated[Whole, Field(ge=1, le=12)]
    selection: Selection
    format: ReportFormat


@api.post("/reports", responses={202: RequestedReportView})
def request_report(header: OptionalKeyHeader, body: ReportBody) -> Response:
    """Ask for a report."""
    fields = body.given()
    report = ask(RequestReport(service_kind=fields.pop("service"), idempotency_key=header.key, **fields))
    view = RequestedReportView.of(report)
    return answer(view, 202, location=f"/reports/{report.id}", replayed=report.replayed)


@api.get("/reports/<uuid:report_id>", responses={200: RequestedReportView})
def show_report(path: ReportPath) -> Response:
    """How far a report is."""
    return answer(RequestedReportView.of(ask(GetReport(report_id=path.report_id))))


@api.get(
    "/reports/<uuid:report_id>/file",
    responses={200: document_response(("application/pdf", _XLSX), "The report's file")},
)
def fetch_report(path: ReportPath) -> Response:
    """The file of a finished report."""
    first = ask(ReadReportFile(report_id=path.report_id, length=PART))
    parts = iter(()) if request.method == "HEAD" else _parts(path.report_id, first)
    return file_response(parts, first.file_name, first.media_type, size=first.size)


def _parts(report_id: UUID, first: FilePart) -> Iterator[bytes]:
    """The file part by part. What these parts need is taken now: they are sent when the request is over."""
    way, token, trace = calls(), g.caller.actor_token, current_trace()

    def rest() -> Iterator[bytes]:
        yield first.content
        sent = len(first.content)
        while sent < first.size:
            # A part that fails ends the answer short of its Content-Length, so no one takes it for the whole file.
            with tracing(trace):
                part = way.send(ReadReportFile(report_id=report_id, offset=sent, length=PART), token)
            if not part.content:
                raise OSError("the report's file ended before its size")
            sent += len(part.content)
            yield part.content

    return rest()
