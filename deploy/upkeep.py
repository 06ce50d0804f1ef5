"""Commands that prepare an installation: databases, keys, the administrator."""

from functools import partial

import click

from chassis import logs
from chassis.audit import doing
from chassis.database import Database
from chassis.migrations import migrate as migrate_database
from chassis.migrations import migrations_of
from chassis.runner import wait_for
from chassis.settings import Settings, WrongSetting, load_settings
from contracts.actor import service_actor
from contracts.topology import SERVICES
from deploy.beforehand import prepare_home
from deploy.house import service_class

COMMAND = service_actor("command")
"""Who did what somebody did by a `headend` command, in audit logs."""


def migrate(services: tuple[str, ...]) -> None:
    """Bring databases to their newest form; with customers among them, make branch MAIN and the administrator."""
    settings = load_settings()
    unknown = set(services) - set(SERVICES)
    if unknown:
        raise WrongSetting(
            f"There is no service {', '.join(sorted(unknown))}; there are {', '.join(SERVICES)}."
        )
    prepare_home(settings)
    logs.configure("migrate", settings.log_level)
    databases = {name: Database(settings.database_url(name), pool_size=1) for name in services or SERVICES}
    for name, database in databases.items():
        service = service_class(name)
        wait_for(f"the database of {name}", partial(_reach, database))
        migrate_database(database, migrations_of(name), service.append_only)
        click.echo(f"{name}: the database is at its newest form")
        if name == "customers":
            tell_password(first_start(settings, database), settings)
        database.close()


def _reach(database: Database) -> None:
    database.engine.connect().close()


def reset_admin_password() -> None:
    """Print a new generated password of the administrator."""
    from chassis.clock import SystemClock
    from customers.usecases.reset_admin_password import reset_admin_password as reset

    settings = load_settings()
    database, clock = Database(settings.database_url("customers"), pool_size=1), SystemClock(settings.today)
    with doing("headend admin reset-password", clock, COMMAND), database.transaction() as session:
        username, password = reset(session, None, clock)
    click.echo(f"Administrator {username} now has the password {password}")


def first_start(settings: Settings, database: Database) -> str | None:
    """Make branch MAIN and the administrator where they are missing; the generated password, if one was made."""
    from chassis.clock import SystemClock
    from customers.domain.sign_in_refusals import PasswordTooWeak
    from customers.usecases.bootstrap import bootstrap

    try:
        clock = SystemClock(settings.today)
        with doing("first start", clock, COMMAND), database.transaction() as session:
            return bootstrap(session, settings.admin_username, settings.admin_password, clock)
    except PasswordTooWeak as weak:
        raise WrongSetting(f"HEADEND_ADMIN_PASSWORD is not taken. {weak.message}") from None


def tell_password(password: str | None, settings: Settings) -> None:
    """Show a generated password, this one time."""
    if password is not None:
        click.echo(
            f"\nAdministrator: {settings.admin_username}\nPassword:      {password}\n"
            "It is shown only now; `headend admin reset-password` makes another.\n"
        )
