"""Reports: asked for here, made in the background, fetched as a file."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from flask import Response
from pydantic import BaseModel, Field

from contracts.calls.reports import (
    GetReport,
    ListReports,
    ReportFormat,
    ReportKind,
    ReportView,
    RequestReport,
    Selection,
)
from contracts.calls.standing_reports import AddStandingReport, ListStandingReports, RemoveStandingReport
from contracts.calls.standing_reports import StandingReportView as Standing
from contracts.cards import Service
from gateway.api.resource import PREFIX, answer, document_response, nothing, resource
from gateway.api.shapes import Body, OptionalKeyHeader, PageQuery, Parameters, Whole
from gateway.files import report_file
from gateway.rpc import ask

api = resource("reports", "reports", "Paid and unpaid charges as PDF and XLSX")

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
    monthly: bool
    file_gone: bool
    file: str | None

    @classmethod
    def of(cls, report: ReportView) -> Self:
        """From the call's answer."""
        return cls(
            **report.model_dump(exclude={"service_kind", "replayed"}),
            service=report.service_kind,
            file=f"{PREFIX}/reports/{report.id}/file"
            if report.state == "done" and not report.file_gone
            else None,
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


class RequestedReportList(BaseModel):
    """Reports, newest first."""

    items: list[RequestedReportView]
    next: str | None


class StandingReportPath(Parameters):
    """Which standing report."""

    standing_report_id: UUID


class StandingReportView(BaseModel):
    """A report that you are told about each month. Without a branch: every branch of yours at that time."""

    id: UUID
    service: Service
    branch_id: UUID | None
    selection: Selection
    format: ReportFormat
    first_period: str
    created_at: datetime

    @classmethod
    def of(cls, standing: Standing) -> Self:
        """From the call's answer."""
        return cls(**standing.model_dump(exclude={"service_kind"}), service=standing.service_kind)


class StandingReportList(BaseModel):
    """Your standing reports, oldest first."""

    items: list[StandingReportView]


class StandingReportBody(Body):
    """Which report of each month you want to be told about."""

    service: Service
    branch_id: UUID | None = None
    selection: Selection
    format: ReportFormat


@api.get("/reports", responses={200: RequestedReportList})
def list_reports(query: PageQuery) -> Response:
    """The reports that lie within your branches, those that were made by themselves among them."""
    found = ask(ListReports(**query.given()))
    return answer(
        RequestedReportList(items=[RequestedReportView.of(one) for one in found.items], next=found.next)
    )


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
    return report_file(path.report_id)


@api.get("/standing-reports", responses={200: StandingReportList})
def list_standing_reports() -> Response:
    """Your standing reports."""
    found = ask(ListStandingReports())
    return answer(StandingReportList(items=[StandingReportView.of(one) for one in found.items]))


@api.post("/standing-reports", responses={201: StandingReportView})
def add_standing_report(body: StandingReportBody) -> Response:
    """Be told by e-mail each month when this report of the month before is made."""
    fields = body.given()
    standing = ask(AddStandingReport(service_kind=fields.pop("service"), **fields))
    return answer(StandingReportView.of(standing), 201, location=f"/standing-reports/{standing.id}")


@api.delete("/standing-reports/<uuid:standing_report_id>", responses={204: None})
def remove_standing_report(path: StandingReportPath) -> Response:
    """End one of your standing reports."""
    ask(RemoveStandingReport(standing_report_id=path.standing_report_id))
    return nothing()
