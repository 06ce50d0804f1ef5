"""The `headend` command: run, serve, migrate, keys, admin, events, import."""

import sys
from collections.abc import Callable
from typing import Any

import click

from deploy import embedded, events, real, upkeep
from deploy.imports.command import imports


class StartRefused(click.ClickException):
    """Headend cannot start; the text says why and what to do."""

    def show(self, file: Any = None) -> None:
        """The sentence alone, without a stack trace."""
        click.echo(f"headend: {self.message}", err=True)


def plainly(action: Callable[[], int | None]) -> None:
    """Carry out a command's action; a known reason for failing becomes one sentence and exit code 1."""
    from chassis.settings import WrongSetting
    from contracts.errors import Refusal

    try:
        code = action()
    except (WrongSetting, Refusal, OSError) as error:
        raise StartRefused(getattr(error, "message", None) or str(error)) from None
    sys.exit(code or 0)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="headend")
def main() -> None:
    """Headend runs a cable-TV and broadband operator. Settings are HEADEND_* environment variables (README)."""


@main.command()
def run() -> None:
    """Run everything in this one process, with SQLite and files under HEADEND_HOME."""
    plainly(embedded.run)


@main.command()
@click.argument("service", type=click.Choice(["customers", "billing", "notify", "reports"]))
def serve(service: str) -> None:
    """Run one service, with PostgreSQL and RabbitMQ."""
    plainly(lambda: real.serve(service))


@main.command()
@click.option("--workers", default=2, show_default=True, help="Processes of the gateway.")
def gateway(workers: int) -> None:
    """Run the gateway under gunicorn."""
    plainly(lambda: real.gateway(workers))


@main.command()
@click.argument("services", nargs=-1)
def migrate(services: tuple[str, ...]) -> None:
    """Bring the databases of SERVICES (default: all) to their newest form."""
    plainly(lambda: upkeep.migrate(services))


@main.command()
def keys() -> None:
    """Make the signing and sealing keys that are missing in HEADEND_KEYS."""
    plainly(upkeep.make_keys)


@main.group()
def admin() -> None:
    """The operator's administrator."""


@admin.command("reset-password")
def reset_password() -> None:
    """Give the administrator a new generated password and print it once."""
    plainly(upkeep.reset_admin_password)


main.add_command(events.events)
main.add_command(imports, "import")
