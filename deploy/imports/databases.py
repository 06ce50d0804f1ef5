"""The databases that an import writes to, with their services' use cases; the running services relay the events."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import billing.triggers
from chassis.audit import doing
from chassis.clock import Clock, SystemClock
from chassis.database import Database
from chassis.field_keys import FieldKeys
from chassis.keys import KeyFolder
from chassis.migrations import check, migrate, migrations_of
from chassis.settings import Settings
from chassis.triggers import AppendOnly
from contracts.actor import Actor, service_actor
from contracts.topology import SERVICES

IMPORTER: Actor = service_actor("import")
"""Who imported rows, in the books and histories."""

APPEND_ONLY: dict[str, tuple[AppendOnly, ...]] = {"customers": (), "billing": billing.triggers.APPEND_ONLY}
"""As the services' classes say; those bring the whole bus with them, which an import does not need."""


@dataclass(frozen=True)
class Databases:
    """What an import holds. The sealing key of `keys` is needed only to invite, field keys to write ID numbers."""

    customers: Database
    billing: Database
    clock: Clock
    keys: KeyFolder
    field_keys: FieldKeys


@contextmanager
def open_databases(settings: Settings, clock: Clock | None = None) -> Iterator[Databases]:
    """Open the databases; in embedded mode they are made where they are missing, with branch MAIN.

    In embedded mode Headend may be running or not. Raises WrongSetting when a database is not at its newest form.
    """
    clock = clock or SystemClock(settings.today)
    keys = KeyFolder(settings.keys_folder)
    if settings.embedded:
        from deploy.beforehand import prepare_home

        prepare_home(settings)
        keys.make_missing(SERVICES)
    with (
        closing(_open(settings, "customers")) as customers,
        closing(_open(settings, "billing")) as billing,
    ):
        if settings.embedded:
            from deploy.upkeep import first_start, tell_password

            tell_password(first_start(settings, customers), settings)
        with doing("headend import", clock, IMPORTER):
            yield Databases(customers, billing, clock, keys, keys.field_keys(clock))


def _open(settings: Settings, service: str) -> Database:
    database = Database(settings.database_url(service), pool_size=2)
    if settings.embedded:
        migrate(database, migrations_of(service), APPEND_ONLY[service])
    else:
        check(database, migrations_of(service), APPEND_ONLY[service])
    return database
