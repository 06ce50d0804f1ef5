"""`headend doctor`: every check, one after the other; what one of them cannot look at keeps no other from looking."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from chassis.clock import SystemClock
from chassis.settings import load_settings
from contracts.topology import SERVICES
from deploy.doctor import bus, machine, stores
from deploy.doctor.trouble import Check, Patient, Trouble
from deploy.verify.databases import Databases

CHECKS: tuple[Check, ...] = (
    machine.keys, stores.databases, bus.broker, machine.gateway, stores.outboxes, stores.inboxes, stores.messages,
    stores.jobs, stores.clocks, machine.mail_server, machine.disk, machine.backups,
)  # fmt: skip


def troubles(patient: Patient) -> Iterator[Trouble]:
    """Everything that is wrong, each said once."""
    said: set[Trouble] = set()
    for check in CHECKS:
        try:
            found = list(check(patient))
        except Exception as error:  # noqa: BLE001 - a broken part is what this is for: it is told, and the rest goes on
            found = [_unseen(check, error)]
        for trouble in found:
            if trouble not in said:
                said.add(trouble)
                yield trouble


def _unseen(check: Check, error: Exception) -> Trouble:
    what = f"The {check.__name__.replace('_', ' ')} could not be looked at ({error})"
    return Trouble(what, "Mend what is said above first, then ask again.", "database-down")


@click.command()
@click.option("--backups", type=click.Path(path_type=Path, file_okay=False), help="The folder of backups.")
def doctor(backups: Path | None) -> None:
    """Say what is wrong with this installation, since when, and what to do; exit code 1 if anything is."""
    settings = load_settings()
    databases = Databases({service: settings.database_url(service) for service in SERVICES})
    found = list(troubles(Patient(settings, databases, SystemClock().now(), backups)))
    for trouble in found:
        click.echo(f"{trouble.told()}\n")
    click.echo(
        f"{len(found)} things are wrong." if found else f"All is well: {len(CHECKS)} checks found nothing."
    )
    sys.exit(1 if found else 0)
