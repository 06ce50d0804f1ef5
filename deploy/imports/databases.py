"""The databases that an import writes to, with their services' use cases; the running services relay the events."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from chassis.clock import Clock, SystemClock
from chassis.database import Database
from chassis.keys import KeyFolder
from chassis.migrations import check, migrate, migrations_of
from chassis.settings import Settings
from contracts.actor import Actor, service_actor
from contracts.topology import SERVICES
from deploy.house import service_class

IMPORTER: Actor = service_actor("import")
"""Who imported rows, in the books and histories."""


@dataclass(frozen=True)
class Databases:
    """What an import holds. The sealing key of `keys` is needed only to invite."""

    customers: Database
    billing: Database
    clock: Clock
    keys: KeyFolder


@contextmanager
def open_databases(settings: Settings, clock: Clock | None = None) -> Iterator[Databases]:
    """Open the databases; in embedded mode they are made where they are missing, with branch MAIN.

    In embedded mode Headend may be running or not. Raises WrongSetting when a database is not at its newest form.
    """
    clock = clock or SystemClock(settings.today)
    keys = KeyFolder(settings.keys_folder)
    if settings.embedded:
        from deploy.upkeep import prepare_home

        prepare_home(settings)
        keys.make_missing(SERVICES)
    customers = _open(settings, "customers")
    billing = _open(settings, "billing")
    try:
        if settings.embedded:
            from deploy.upkeep import first_start, tell_password

            tell_password(first_start(settings, customers), settings)
        yield Databases(customers, billing, clock, keys)
    finally:
        customers.close()
        billing.close()


def _open(settings: Settings, service: str) -> Database:
    database = Database(settings.database_url(service), pool_size=2)
    append_only = service_class(service).append_only
    if settings.embedded:
        migrate(database, migrations_of(service), append_only)
    else:
        check(database, migrations_of(service), append_only)
    return database
