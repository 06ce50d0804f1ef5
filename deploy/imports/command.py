"""`headend import customers` and `headend import ctvms`. Refusals become a sentence in deploy.command."""

from pathlib import Path

import click

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def imports() -> None:
    """Take over customers from a file or from another program."""


@imports.command()
@click.argument("file", type=_FILE)
@click.option("--mapping", required=True, type=_FILE, help="YAML that says which column is what.")
@click.option(
    "--skip-bad",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write rows that are wrong into this CSV file, import the others.",
)
@click.option("--invite", is_flag=True, help="Mail every imported customer a link to set a password.")
def customers(file: Path, mapping: Path, skip_bad: Path | None, invite: bool) -> None:
    """Import customers with their subscriptions from FILE (CSV or XLSX). See docs/how-to/import.md."""
    from chassis.settings import load_settings
    from deploy.imports.customers_file import import_customers_file

    import_customers_file(load_settings(), file, mapping, click.echo, skip_bad=skip_bad, invite=invite)


@imports.command()
@click.argument("folder", type=_FOLDER)
@click.option("--branch", default="MAIN", show_default=True, help="Code of the branch that they belong to.")
@click.option("--invite", is_flag=True, help="Mail every imported customer a link to set a password.")
def ctvms(folder: Path, branch: str, invite: bool) -> None:
    """Import the ten tables of a CTVMS Access database, exported as CSV into FOLDER."""
    from chassis.settings import load_settings
    from deploy.imports.ctvms import import_ctvms

    import_ctvms(load_settings(), folder, click.echo, branch_code=branch, invite=invite)
