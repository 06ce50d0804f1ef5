"""TRUNCATE passes every trigger of rows by: what is only added to refuses it by a trigger of its own."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chassis.audit_chain import AUDIT_LOG
from chassis.database import Database
from chassis.migrations import migrate, migrations_of
from contracts.topology import SERVICES
from deploy.house import service_class


@pytest.mark.parametrize("service", SERVICES)
def test_no_table_that_is_only_added_to_can_be_emptied_at_once(service: str, postgres_url: str) -> None:
    database, rules = Database(postgres_url), (*service_class(service).append_only, AUDIT_LOG)
    migrate(database, migrations_of(service), service_class(service).append_only)
    emptied = []
    for rule in rules:
        try:
            with database.transaction() as session:
                session.execute(text(f"TRUNCATE {rule.table} CASCADE"))
            emptied.append(rule.table)
        except DBAPIError as refused:
            assert "only added to" in str(refused)
    database.close()
    assert emptied == []
