"""`headend verify`: what must hold in this installation, and each row that breaks it."""

import sys
from datetime import timedelta

import click

from chassis.settings import load_settings
from contracts.topology import SERVICES
from deploy.verify.databases import Databases
from deploy.verify.findings import MOST_NAMED, Findings
from deploy.verify.installation import PATIENCE, verify


@click.command("verify")
@click.option("--settled", is_flag=True, help="Insist that nothing is on its way.")
@click.option(
    "--patience",
    default=PATIENCE.total_seconds(),
    show_default=True,
    help="Seconds that work may be on its way.",
)
@click.option("--most", default=MOST_NAMED, show_default=True, help="Rows that are named of each kind.")
def verify_command(settled: bool, patience: float, most: int) -> None:
    """Check all that must hold (docs/verify.md), without changing anything; exit code 1 when something does not."""
    settings = load_settings()
    databases = Databases({service: settings.database_url(service) for service in SERVICES})
    findings = verify(databases, settled=settled, patience=timedelta(seconds=patience), most=most)
    _tell(findings)
    sys.exit(1 if findings.problems else 0)


def _tell(findings: Findings) -> None:
    width = max(len(name) for name, _ in findings.figures)
    for name, value in findings.figures:
        click.echo(f"{name:<{width}}  {value:>12}")
    if findings.under_way:
        click.echo("\nOn its way, and no fault:")
        for sentence in findings.under_way:
            click.echo(f"  {sentence}")
    if findings.problems:
        click.echo(f"\n{len(findings.problems)} things do not hold:")
        for problem in findings.problems:
            click.echo(f"  {problem}")
    else:
        click.echo("\nEverything holds.")
