"""The same import into PostgreSQL, as in real mode."""

from datetime import date
from pathlib import Path

import pytest

from chassis.clock import SystemClock
from chassis.database import Database
from chassis.migrations import migrate, migrations_of
from chassis.settings import Mode, Settings, WrongSetting
from customers.usecases.bootstrap import bootstrap
from deploy.imports.databases import APPEND_ONLY
from tests.integration.imports import tables
from tests.integration.imports.homes import Home


def settings_of(service_databases: dict[str, str], folder: Path) -> Settings:
    return Settings(
        mode=Mode.REAL,
        amqp_uri="amqp://nobody:nothing@127.0.0.1:1/",
        home=folder,
        today=date(2026, 11, 21),
        customers_database_url=service_databases["customers"],
        billing_database_url=service_databases["billing"],
    )


def test_customers_are_imported_into_postgresql_once(
    service_databases: dict[str, str], tmp_path: Path
) -> None:
    settings = settings_of(service_databases, tmp_path)
    for service in ("customers", "billing"):
        database = Database(service_databases[service])
        migrate(database, migrations_of(service), APPEND_ONLY[service])
        if service == "customers":
            with database.transaction() as session:
                bootstrap(session, "admin", "correct horse battery", SystemClock())
        database.close()
    file, mapping = tables.many(tmp_path, 1200), tables.mapping(tmp_path)
    with Home.opened(settings) as home:
        assert home.bring(file, mapping).added == 1200
        assert home.chargeable("2026-11") == 1200
        assert home.value("billing", "SELECT count(*) FROM customers_copy") == 1200
        before = home.everything()
        assert home.bring(file, mapping).again
        assert home.everything() == before


def test_a_database_that_is_not_migrated_is_not_written_to(
    service_databases: dict[str, str], tmp_path: Path
) -> None:
    with (
        Home.opened(settings_of(service_databases, tmp_path)) as home,
        pytest.raises(WrongSetting, match="headend migrate"),
    ):
        home.bring(tables.table(tmp_path, {}), tables.mapping(tmp_path))
