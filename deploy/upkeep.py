"""Commands that prepare an installation: databases, keys, the administrator."""

from pathlib import Path

import click

from chassis.database import Database
from chassis.keys import KeyFolder
from chassis.migrations import migrate as migrate_database
from chassis.migrations import migrations_of
from chassis.settings import Settings, WrongSetting, load_settings
from contracts.topology import SERVICES
from deploy.house import service_class


def migrate(services: tuple[str, ...]) -> None:
    """Bring databases to their newest form; with customers among them, make branch MAIN and the administrator."""
    settings = load_settings()
    unknown = set(services) - set(SERVICES)
    if unknown:
        raise WrongSetting(
            f"There is no service {', '.join(sorted(unknown))}; there are {', '.join(SERVICES)}."
        )
    prepare_home(settings)
    for name in services or SERVICES:
        service = service_class(name)
        database = Database(settings.database_url(name), pool_size=1)
        migrate_database(database, migrations_of(name), service.append_only)
        click.echo(f"{name}: the database is at its newest form")
        if name == "customers":
            tell_password(first_start(settings, database), settings)
        database.close()


def make_keys() -> None:
    """Make the missing keys and say where they are."""
    settings = load_settings()
    KeyFolder(settings.keys_folder).make_missing(SERVICES)
    click.echo(f"Keys are in {settings.keys_folder}.")
    click.echo(
        "Each service needs its own .key, customers and notify sealing.key too, everybody the .pub files."
    )


def reset_admin_password() -> None:
    """Print a new generated password of the administrator."""
    from chassis.clock import SystemClock
    from customers.usecases.reset_admin_password import reset_admin_password as reset

    settings = load_settings()
    database = Database(settings.database_url("customers"), pool_size=1)
    with database.transaction() as session:
        username, password = reset(session, None, SystemClock(settings.today))
    click.echo(f"Administrator {username} now has the password {password}")


def first_start(settings: Settings, database: Database) -> str | None:
    """Make branch MAIN and the administrator where they are missing; the generated password, if one was made."""
    from chassis.clock import SystemClock
    from customers.usecases.bootstrap import bootstrap

    with database.transaction() as session:
        return bootstrap(
            session, settings.admin_username, settings.admin_password, SystemClock(settings.today)
        )


def tell_password(password: str | None, settings: Settings) -> None:
    """Show a generated password, this one time."""
    if password is not None:
        click.echo(
            f"\nAdministrator: {settings.admin_username}\nPassword:      {password}\n"
            "It is shown only now; `headend admin reset-password` makes another.\n"
        )


def prepare_home(settings: Settings) -> None:
    """The home folder, writable. Raises WrongSetting."""
    home: Path = settings.home
    try:
        home.mkdir(parents=True, exist_ok=True)
        trial = home / ".writable"
        trial.write_text("")
        trial.unlink()
    except OSError as error:
        raise WrongSetting(
            f"The folder {home.absolute()} is not writable ({error.strerror}); set HEADEND_HOME to one that is."
        ) from None
