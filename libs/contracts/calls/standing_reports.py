"""Calls of the reports service about standing reports: made on the first of each month, and told by e-mail."""

from datetime import datetime
from uuid import UUID

from contracts.calls import Call, Done, View
from contracts.calls.reports import ReportFormat, Selection
from contracts.cards import Service
from contracts.fields import Period

SERVICE = "reports"


class StandingReportView(View):
    """What a member of staff gets told about each month. Without a branch: every branch of theirs at that time."""

    id: UUID
    service_kind: Service
    branch_id: UUID | None
    selection: Selection
    format: ReportFormat
    first_period: Period
    """The first month that it will be about."""
    created_at: datetime


class StandingReportList(View):
    """The caller's standing reports, oldest first."""

    items: tuple[StandingReportView, ...]


class ListStandingReports(Call[StandingReportList]):
    """The caller's own standing reports."""


class AddStandingReport(Call[StandingReportView]):
    """Ask for a report about every month, from this month on; it ends when the caller is deactivated.

    Raises NotFound for a hidden branch, StandsAlready, NoAddressOfYours.
    """

    service_kind: Service
    branch_id: UUID | None = None
    selection: Selection
    format: ReportFormat


class RemoveStandingReport(Call[Done]):
    """End one of the caller's own. Raises NotFound."""

    standing_report_id: UUID
