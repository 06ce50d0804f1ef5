"""The `headend` command: run, serve and gateway, and what operators need besides; `headend --help` lists it all.

Nothing of Headend is imported before a command is chosen: `run` and `serve` must patch the process first.
"""

import sys
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

import click

GROUPS = {
    "after-restore": "deploy.backup.command:after_restore",
    "audit": "deploy.audit:audit",
    "backup": "deploy.backup.command:backup",
    "backup-key": "deploy.backup.command:backup_key",
    "doctor": "deploy.doctor.command:doctor",
    "events": "deploy.events:events",
    "import": "deploy.imports.command:imports",
    "keys": "deploy.keys:keys",
    "rebuild": "deploy.rebuild.command:rebuild",
    "restore": "deploy.backup.command:restore",
    "verify": "deploy.verify.command:verify_command",
}


class StartRefused(click.ClickException):
    """Headend cannot do this; the text says why and what to do."""

    def show(self, file: Any = None) -> None:
        """The sentence alone, without a stack trace."""
        click.echo(f"headend: {self.message}", err=True)


class Headend(click.Group):
    """The command with groups that are imported when they are named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, groups among them."""
        return sorted([*super().list_commands(ctx), *GROUPS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The named command."""
        if cmd_name not in GROUPS:
            return super().get_command(ctx, cmd_name)
        module, _, name = GROUPS[cmd_name].partition(":")
        found: click.Command = getattr(import_module(module), name)
        return found

    def invoke(self, ctx: click.Context) -> Any:
        """Carry out a command; a known reason for failing becomes one sentence and exit code 1."""
        warnings.filterwarnings("ignore", message="(?s).*Eventlet is deprecated")
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            from chassis.settings import WrongSetting
            from contracts.errors import Refusal

            if isinstance(error, (WrongSetting, Refusal, OSError)):
                raise StartRefused(getattr(error, "message", None) or str(error)) from None
            if reason := _database_away(error):
                raise StartRefused(reason) from None
            raise


def _database_away(error: Exception) -> str:
    """A sentence when the database cannot be reached or was never made; empty for anything else."""
    from sqlalchemy.exc import OperationalError

    if not isinstance(error, OperationalError):
        return ""
    reason = str(error.orig).strip().splitlines()[0].rstrip(".")
    return (
        f"The database does not answer ({reason}). Has Headend been started here before? "
        "See HEADEND_HOME, and HEADEND_*_DATABASE_URL in real mode."
    )


@click.group(cls=Headend, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="headend")
def main() -> None:
    """Headend runs a cable-TV and broadband operator. Settings are HEADEND_* environment variables (README)."""


@main.command()
def run() -> None:
    """Run everything in this one process, with SQLite and files under HEADEND_HOME."""
    from chassis.green import patch_first

    patch_first()
    from deploy.beforehand import embedded_settings

    settings = embedded_settings()
    from deploy import embedded

    sys.exit(embedded.run(settings))


@main.command()
@click.argument("service", type=click.Choice(["customers", "billing", "notify", "reports"]))
def serve(service: str) -> None:
    """Run one service, with PostgreSQL and RabbitMQ."""
    from chassis.green import patch_first

    patch_first()
    from deploy import real

    sys.exit(real.serve(service))


@main.command()
@click.option("--workers", default=2, show_default=True, help="Processes of the gateway.")
def gateway(workers: int) -> None:
    """Run the gateway under gunicorn."""
    from deploy import real

    real.gateway(workers)


@main.command()
@click.argument("services", nargs=-1)
def migrate(services: tuple[str, ...]) -> None:
    """Bring the databases of SERVICES (default: all) to their newest form."""
    from deploy import upkeep

    upkeep.migrate(services)


@main.command()
@click.argument("folder", type=Path, default=Path("/run/secrets"))
def secrets(folder: Path) -> None:
    """Look through the secrets in FOLDER: none is empty and, in production, none is known to everybody."""
    from chassis.settings import load_settings
    from deploy.secret_files import check_secrets

    click.echo(f"{check_secrets(folder, load_settings())} secrets are fit for use.")


@main.command()
@click.argument("target", type=Path)
@click.option("--secrets", type=Path, default=Path("/run/secrets"), show_default=True)
@click.option(
    "--make-missing", is_flag=True, help="First make a password for each user that has none in SECRETS."
)
def broker(target: Path, secrets: Path, make_missing: bool) -> None:
    """Write RabbitMQ's definitions to TARGET: queues, and a user for each process with no more than it needs."""
    from deploy.broker import make_missing_passwords, write_definitions

    if make_missing:
        make_missing_passwords(secrets)
    write_definitions(target, secrets)
    click.echo(f"RabbitMQ's definitions are in {target}.")


@main.command()
@click.argument("folder", type=Path)
def certificate(folder: Path) -> None:
    """Look through the web server's certificate in FOLDER; to try, make one where there is none."""
    from chassis.settings import load_settings
    from deploy.certificate import see_to_certificate

    click.echo(see_to_certificate(folder, load_settings()))


@main.group()
def admin() -> None:
    """The operator's administrator."""


@admin.command("reset-password")
def reset_password() -> None:
    """Give the administrator a new generated password and print it once."""
    from deploy import upkeep

    upkeep.reset_admin_password()
