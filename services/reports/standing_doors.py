"""The doors about standing reports; calls are in contracts/calls/standing_reports.py."""

from chassis.service import Service, call
from contracts.actor import Actor
from contracts.calls import Done, standing_reports
from contracts.calls.customers import GetStaff
from reports.usecases.keep_standing_report import (
    add_standing_report,
    list_standing_reports,
    may_add,
    remove_standing_report,
)


class StandingDoors(Service):
    """What a member of staff does about the reports that they get each month."""

    @call
    def list_standing_reports(
        self, request: standing_reports.ListStandingReports, actor: Actor
    ) -> standing_reports.StandingReportList:
        """The caller's own."""
        with self.reading() as session:
            return list_standing_reports(session, actor)

    @call
    def add_standing_report(
        self, request: standing_reports.AddStandingReport, actor: Actor
    ) -> standing_reports.StandingReportView:
        """Ask for a report of each month; customers is asked for the caller's address before."""
        ask = GetStaff(staff_id=may_add(request, actor))
        member = self.client.call(ask, actor_token=self.platform.own_token())
        with self.transaction() as session:
            return add_standing_report(session, request, actor, member, self.clock)

    @call
    def remove_standing_report(self, request: standing_reports.RemoveStandingReport, actor: Actor) -> Done:
        """End one of the caller's own."""
        with self.transaction() as session:
            return remove_standing_report(session, request, actor)
