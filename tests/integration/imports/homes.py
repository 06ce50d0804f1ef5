"""A home that tests import into and then look at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from billing.tables import Import
from billing.usecases.raise_charges import preview_charges
from chassis.database import Database
from chassis.settings import Settings
from contracts.cards import BranchCard
from customers.cards import branch_card
from customers.tables import Branch
from deploy.imports.customers_file import Outcome, import_customers_file


@dataclass
class Home:
    """An installation with its two databases; `said` is what the imports printed."""

    settings: Settings
    customers: Database
    billing: Database
    said: list[str] = field(default_factory=list)

    @classmethod
    @contextmanager
    def opened(cls, settings: Settings) -> Iterator["Home"]:
        """The home, whose databases are there."""
        customers = Database(settings.database_url("customers"))
        billing = Database(settings.database_url("billing"))
        try:
            yield cls(settings, customers, billing)
        finally:
            customers.close()
            billing.close()

    def bring(self, file: Path, mapping: Path, **options: Any) -> Outcome:
        """Import a table."""
        return import_customers_file(self.settings, file, mapping, self.said.append, **options)

    def rows(self, service: str, query: str) -> list[tuple[Any, ...]]:
        """What a query finds in the service's database."""
        database = self.customers if service == "customers" else self.billing
        with database.reading() as session:
            return [tuple(row) for row in session.execute(text(query))]

    def value(self, service: str, query: str) -> Any:
        """The one value that a query finds."""
        ((found,),) = self.rows(service, query)
        return found

    def everything(self) -> dict[str, list[str]]:
        """Every row that an import may write, to compare two moments."""
        tables = {
            "customers": ("branches", "customers", "logins", "one_time_links", "complaints", "outbox", "jobs"),
            "billing": (
                "branches_copy", "customers_copy", "plans", "plan_prices", "imports", "subscriptions",
                "subscription_moves", "subscription_stops", "charges", "journal_entries", "journal_lines",
                "external_documents", "outbox",
            ),
        }  # fmt: skip
        return {
            f"{service}.{name}": sorted(repr(row) for row in self.rows(service, f"SELECT * FROM {name}"))
            for service, names in tables.items()
            for name in names
        }

    def branches(self) -> list[BranchCard]:
        """Every branch."""
        with self.customers.reading() as session:
            return [branch_card(branch) for branch in session.scalars(select(Branch).order_by(Branch.code))]

    def chargeable(self, period: str) -> int:
        """How many charges a billing run of that period would raise."""
        with self.billing.reading() as session:
            return sum(preview_charges(session, branch, period)[0] for branch in self.branches())

    def is_complete(self) -> bool:
        """Whether every import is."""
        with self.billing.reading() as session:
            return None not in session.scalars(select(Import.completed_at)).all()
