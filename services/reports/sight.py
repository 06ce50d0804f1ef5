"""The reports that an actor sees; whatever is hidden is as if it did not exist (RULES, who may do what)."""

from uuid import UUID

from sqlalchemy.orm import Session

from contracts.actor import Actor, Right
from contracts.errors import NotFound
from reports.queries import branch_ids_of
from reports.report_tables import Report


def visible_report(session: Session, actor: Actor, report_id: UUID) -> Report:
    """The report.

    Raises NotFound when it covers a branch that is none of the actor's, Forbidden for a role without reports.
    """
    report = session.get(Report, report_id)
    if report is None or not _sees_all(actor, branch_ids_of(report)):
        raise NotFound("There is no such report.")
    actor.require(Right.MAKE_REPORTS)
    return report


def _sees_all(actor: Actor, branch_ids: list[UUID] | None) -> bool:
    if branch_ids is None:
        return actor.branch_ids is None
    return all(actor.sees_branch(branch_id) for branch_id in branch_ids)
