"""Checking the hash chains of the audit logs: `headend audit check`."""

import click

from chassis.audit_chain import check_chain, head_of
from chassis.clock import SystemClock
from chassis.database import Database
from chassis.settings import load_settings
from contracts.topology import SERVICES


@click.group()
def audit() -> None:
    """The audit logs of the services."""


@audit.command()
@click.option(
    "--head", "heads", multiple=True, metavar="SERVICE:NUMBER:HASH",
    help="An `audit head` line of a log that was kept elsewhere; may be given several times.",
)  # fmt: skip
def check(heads: tuple[str, ...]) -> None:
    """Read every chain and name each row that was altered or is missing; only reads. Exit code 1 where one was."""
    known = _known(heads)
    broken = 0
    for name, database in _databases():
        with database.reading() as session:
            for problem in check_chain(session, known=known.get(name), now=SystemClock().now()):
                broken += 1
                click.echo(f"{name}: {problem.sentence}", err=True)
            head = head_of(session)
        database.close()
        click.echo(f"{name}: {head.sequence:,} entries, head {name}:{head.sequence}:{head.hash}" if head
                   else f"{name}: no entries yet")  # fmt: skip
    if broken:
        raise click.exceptions.Exit(1)


def _databases() -> list[tuple[str, Database]]:
    settings = load_settings()
    return [(name, Database(settings.database_url(name), pool_size=1)) for name in SERVICES]


def _known(heads: tuple[str, ...]) -> dict[str, dict[int, str]]:
    known: dict[str, dict[int, str]] = {}
    for head in heads:
        service, _, rest = head.partition(":")
        number, _, made = rest.partition(":")
        if service not in SERVICES or not number.isdecimal() or len(made) != 64:
            raise click.BadParameter(f"{head} is not SERVICE:NUMBER:HASH.", param_hint="--head")
        known.setdefault(service, {})[int(number)] = made
    return known
