"""Declare an import complete: what it brought is billable from now on."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from billing.tables import Import
from chassis.audit import about
from chassis.clock import Clock
from contracts.actor import Actor, Right


def complete_import(session: Session, import_id: UUID, actor: Actor, clock: Clock) -> None:
    """Make the import's subscriptions billable; done twice, it changes nothing. Raises Forbidden."""
    actor.require(Right.MANAGE_BRANCHES)
    about(session, "import", import_id)
    session.execute(
        update(Import)
        .where(Import.id == import_id, Import.completed_at.is_(None))
        .values(completed_at=clock.now())
    )
