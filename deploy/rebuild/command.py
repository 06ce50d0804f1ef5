"""`headend rebuild reports`."""

import sys
import time
from pathlib import Path

import click

from chassis import logs
from chassis.settings import load_settings
from deploy.rebuild.reports import rebuild_reports
from deploy.verify.findings import MOST_NAMED


@click.group()
def rebuild() -> None:
    """Make a read model anew from the events that were kept."""


@rebuild.command()
@click.option(
    "--compare", is_flag=True, help="Only say what differs, and change nothing; exit code 1 if anything."
)
@click.option(
    "--scratch", type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder with room for the model (the system's folder for temporary files).",
)  # fmt: skip
@click.option("--most", default=MOST_NAMED, show_default=True, help="Rows that are named of each kind.")
def reports(compare: bool, scratch: Path | None, most: int) -> None:
    """The read model of reports, while it is read and while events arrive (decision 0013)."""
    began = time.monotonic()
    settings = load_settings()
    logs.configure("rebuild", "WARNING")
    done = rebuild_reports(settings, only_compare=compare, folder=scratch, most=most, tell=click.echo)
    for problem in done.findings.problems:
        click.echo(problem)
    took = f"{done.replayed:,} events in {time.monotonic() - began:.0f} s"
    if compare or not done.differing:
        click.echo(f"{took}; the read model differs in {done.differing:,} rows.")
    else:
        click.echo(f"{took}; {done.differing:,} rows of the read model were put right.")
    sys.exit(1 if compare and done.differing else 0)
