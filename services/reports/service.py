"""The doors of reports."""

import eventlet.patcher
import eventlet.tpool

from chassis.platform import Platform
from chassis.service import call
from contracts.actor import Actor
from contracts.calls.customers import GetBranchCard
from contracts.calls.dashboard import DashboardView, GetDashboard
from contracts.calls.reports import (
    Document,
    FilePart,
    GetReport,
    ListReports,
    ReadReportFile,
    RenderInvoice,
    ReportList,
    ReportView,
    RequestReport,
)
from contracts.cards import InvoiceSnapshot
from contracts.events import PaymentMade
from contracts.samples import SAMPLES
from reports.domain.file_names import invoice_file_name
from reports.jobs import JOBS
from reports.projections.people import keep_branch
from reports.reactions import REACTIONS
from reports.renderers.invoice_pdf import render_invoice
from reports.standing_doors import StandingDoors
from reports.tables import BranchCopy
from reports.usecases.list_reports import list_reports
from reports.usecases.read_report_file import read_report_file
from reports.usecases.render_invoice import may_render
from reports.usecases.request_report import may_request, request_report
from reports.usecases.show_dashboard import show_dashboard
from reports.usecases.show_report import show_report


class ReportsService(StandingDoors):
    """Paper on request: paid and unpaid reports as files, invoices as PDF."""

    name = "reports"
    reactions = REACTIONS
    jobs = JOBS

    @classmethod
    def prepare(cls, platform: Platform) -> None:
        """Read the fonts and words of ordinary invoices, so that the first mail does not wait for them."""
        sample = SAMPLES[PaymentMade]
        if isinstance(sample, PaymentMade):
            render_invoice(sample.invoice, "en")

    @call
    def request_report(self, request: RequestReport, actor: Actor) -> ReportView:
        """Put a report into the queue."""
        may_request(request, actor)
        self._learn_branch(request)
        with self.transaction() as session:
            return request_report(session, request, actor, self.clock)

    @call
    def list_reports(self, request: ListReports, actor: Actor) -> ReportList:
        """Reports that the actor sees, newest first."""
        with self.reading() as session:
            return list_reports(session, request, actor)

    @call
    def get_report(self, request: GetReport, actor: Actor) -> ReportView:
        """Where a report stands."""
        with self.reading() as session:
            return show_report(session, request, actor)

    @call
    def read_report_file(self, request: ReadReportFile, actor: Actor) -> FilePart:
        """A part of a report's file."""
        with self.reading() as session:
            return read_report_file(session, request, actor)

    @call
    def get_dashboard(self, request: GetDashboard, actor: Actor) -> DashboardView:
        """The figures of the staff's first page."""
        with self.reading() as session:
            return show_dashboard(session, request, actor, self.clock)

    @call
    def render_invoice(self, request: RenderInvoice, actor: Actor) -> Document:
        """The PDF of an invoice."""
        may_render(request, actor)
        content = _draw(request.snapshot, request.locale)
        return Document(content=content, file_name=invoice_file_name(request.snapshot.number))

    def _learn_branch(self, request: RequestReport) -> None:
        """Ask for a branch whose event has not come yet. Raises NotFound when there is none."""
        if request.branch_id is None:
            return
        with self.reading() as session:
            known = session.get(BranchCopy, request.branch_id) is not None
        if known:
            return
        ask = GetBranchCard(branch_id=request.branch_id)
        branch = self.client.call(ask, actor_token=self.platform.own_token())
        with self.transaction() as session:
            keep_branch(session, branch)


def _draw(snapshot: InvoiceSnapshot, locale: str) -> bytes:
    """In a thread of the system under eventlet, so that the bus is served meanwhile."""
    if not eventlet.patcher.is_monkey_patched("thread"):
        return render_invoice(snapshot, locale)
    drawn: bytes = eventlet.tpool.execute(render_invoice, snapshot, locale)
    return drawn
