"""`headend events`: what is on its way, what is parked, trying again, comparing anew."""

from collections.abc import Iterator
from uuid import UUID

import click
from sqlalchemy import func, select, update

from chassis.audit import about, doing
from chassis.clock import SystemClock
from chassis.database import DUE_AT_ONCE, Database
from chassis.settings import load_settings
from chassis.tables import InboxRow, OutboxRow, RepairCursorRow
from contracts.topology import SERVICES
from deploy.upkeep import COMMAND

_SERVICE = click.option("--service", type=click.Choice(SERVICES), help="Only this service.")


@click.group()
def events() -> None:
    """Events between the services: list, parked, retry, repair."""


@events.command("list")
@_SERVICE
def list_events(service: str | None) -> None:
    """Count, for each service, the events not yet sent, not yet reacted to, and parked."""
    click.echo(f"{'service':<12}{'unsent':>10}{'pending':>10}{'parked':>10}{'done':>10}")
    for name, database in _databases(service):
        with database.reading() as session:
            unsent = session.scalar(
                select(func.count()).select_from(OutboxRow).where(OutboxRow.sent_at.is_(None))
            )
            rows = session.execute(select(InboxRow.state, func.count()).group_by(InboxRow.state))
            states = {row[0]: row[1] for row in rows}
        click.echo(
            f"{name:<12}{unsent:>10}"
            + "".join(f"{states.get(s, 0):>10}" for s in ("pending", "parked", "done"))
        )


@events.command()
@_SERVICE
def parked(service: str | None) -> None:
    """Show the events whose reaction failed too often, with the reason."""
    found = 0
    for name, database in _databases(service):
        with database.reading() as session:
            rows = session.execute(
                select(InboxRow).where(InboxRow.state == "parked").order_by(InboxRow.received_at)
            ).scalars()
            for row in rows:
                found += 1
                click.echo(
                    f"{name}  {row.event_id}  {row.type}  {row.occurred_at:%Y-%m-%d %H:%M:%S}  {row.last_error}"
                )
    if not found:
        click.echo("No event is parked.")


@events.command()
@_SERVICE
@click.argument("event_ids", nargs=-1, type=click.UUID)
def retry(service: str | None, event_ids: tuple[UUID, ...]) -> None:
    """Try parked events again: those named, or all of them."""
    count = 0
    for _, database in _databases(service):
        clock = SystemClock()
        with doing("headend events retry", clock, COMMAND), database.transaction() as session:
            again = update(InboxRow).where(InboxRow.state == "parked")
            if event_ids:
                again = again.where(InboxRow.event_id.in_(event_ids))
            rows = session.execute(
                again.values(state="pending", attempts=0, next_attempt_at=DUE_AT_ONCE).returning(
                    InboxRow.event_id
                ),
                execution_options={"synchronize_session": False},
            ).all()
            count += len(rows)
            if rows:
                about(session, "events", "", retried=len(rows))
    click.echo(f"{count} events are tried again.")


@events.command()
@_SERVICE
def repair(service: str | None) -> None:
    """Let every listener compare its inbox with all that the producers kept, from the first event on."""
    for name, database in _databases(service):
        with database.transaction() as session:
            session.execute(update(RepairCursorRow).values(cursor=0))
        click.echo(
            f"{name}: will be compared from the first event on within {load_settings().repair_seconds:.0f} s."
        )


def _databases(only: str | None) -> Iterator[tuple[str, Database]]:
    settings = load_settings()
    for name in SERVICES:
        if only in (None, name):
            database = Database(settings.database_url(name), pool_size=1)
            yield name, database
            database.close()
