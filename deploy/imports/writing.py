"""Writing an import: branches and plans that are missing, then customers and subscriptions chunk by chunk.

Each step is a transaction of one service's use cases, and does nothing when an earlier attempt has done it.
"""

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Lookup
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.tables import Import
from billing.usecases.add_plan import add_plan
from billing.usecases.complete_import import complete_import
from billing.usecases.import_subscriptions import SubscriptionRow, import_subscriptions, open_import
from billing.usecases.keep_customer import keep_branch, keep_customers
from contracts.calls.billing import AddPlan
from contracts.calls.customers import AddBranch
from contracts.cards import BranchCard, CustomerCard
from customers.cards import branch_card, customer_card
from customers.tables import Branch, Customer
from customers.usecases.add_branch import add_branch
from customers.usecases.import_customers import CustomerRow, import_customers
from deploy.imports import limits, progress
from deploy.imports.databases import IMPORTER, Databases
from deploy.imports.existing import plan_ids
from deploy.imports.mapping import PlanToMake
from deploy.imports.rows import PreparedRow
from deploy.imports.spool import GoodRows


@dataclass(frozen=True)
class Written:
    """Customers that were written now, and those that an earlier attempt wrote."""

    added: int = 0
    kept: int = 0


def completed_at(databases: Databases, import_id: UUID) -> datetime | None:
    """When the import was complete; None when it is not."""
    with databases.billing.reading() as session:
        return session.scalar(select(Import.completed_at).where(Import.id == import_id))


def prepare_branches(
    databases: Databases, described: Lookup[str, AddBranch], codes: set[str]
) -> dict[str, BranchCard]:
    """The branches of these codes, made where they are missing."""
    with databases.customers.transaction() as session:
        found = {
            one.code: branch_card(one)
            for one in session.scalars(select(Branch).where(Branch.code.in_(codes)))
        }
        for code in sorted(codes - set(found)):
            found[code] = add_branch(session, described[code], IMPORTER, databases.clock)
    with databases.billing.transaction() as session:
        for card in found.values():
            keep_branch(session, card)
    return found


def prepare_plans(
    databases: Databases,
    described: Lookup[str, PlanToMake],
    cards: Lookup[str, BranchCard],
    needed: set[tuple[str, str]],
) -> None:
    """Make the plans that are needed, as (branch, plan), where they are missing."""
    with databases.billing.transaction() as session:
        here = plan_ids(session, {card.id for card in cards.values()})
        for branch, code in sorted(needed):
            card = cards[branch]
            if (card.id, code) not in here:
                plan = described[code]
                request = AddPlan(
                    code=code, name=plan.name, service_kind=plan.service, price=plan.price, branch_id=card.id
                )
                add_plan(session, request, IMPORTER, databases.clock)


def begin(databases: Databases, import_id: UUID, source: str, dates: progress.BusinessDates) -> None:
    """Open the import in both services' books; from here on a second attempt uses the same business dates."""
    with databases.customers.transaction() as session:
        progress.remember(session, import_id, dates, databases.clock)
    with databases.billing.transaction() as session:
        open_import(session, import_id, source[:200], IMPORTER, databases.clock)


def write_rows(
    databases: Databases,
    import_id: UUID,
    cards: Lookup[str, BranchCard],
    good: GoodRows,
    say: Callable[[str], object],
) -> Written:
    """Write all rows in chunks, then declare the import complete."""
    with databases.billing.reading() as session:
        plans = plan_ids(session, {card.id for card in cards.values()})
    added = kept = 0
    for chunk in good.chunks(limits.CHUNK):
        customers = [row.customer.model_copy(update={"branch_id": cards[row.branch].id}) for row in chunk]
        subscriptions = [one for row in chunk for one in _subscriptions(row, cards[row.branch], plans)]
        written = write_chunk(databases, import_id, customers, subscriptions)
        added, kept = added + written.added, kept + written.kept
        say(
            f"{added + kept:,} of {good.count:,} customers"
            + (f" ({kept:,} were here already)" if kept else "")
        )
    finish(databases, import_id)
    say(f"Complete: {added:,} customers added, with {good.subscriptions:,} subscriptions in all.")
    return Written(added, kept)


def write_chunk(
    databases: Databases,
    import_id: UUID,
    customers: Sequence[CustomerRow],
    subscriptions: Sequence[SubscriptionRow],
) -> Written:
    """Write customers, then billing's copies of them with their subscriptions.

    The running services write the same copies at the same time, as the events of the customers come to them.
    """

    def write_customers(session: Session) -> tuple[Written, list[CustomerCard]]:
        chunk = import_customers(session, customers, IMPORTER, databases.clock, databases.field_keys)
        ids = [row.id for row in customers]
        stored = session.scalars(select(Customer).where(Customer.id.in_(ids)).order_by(Customer.id))
        return Written(chunk.added, chunk.kept), [customer_card(one) for one in stored]

    def write_subscriptions(session: Session) -> None:
        keep_customers(session, cards)
        import_subscriptions(session, import_id, subscriptions, IMPORTER, databases.clock)

    written, cards = databases.customers.carry_out(write_customers)
    databases.billing.carry_out(write_subscriptions)
    return written


def finish(databases: Databases, import_id: UUID) -> None:
    """Declare the import complete, so that it is billed."""
    with databases.billing.transaction() as session:
        complete_import(session, import_id, IMPORTER, databases.clock)
    with databases.customers.transaction() as session:
        progress.close(session, import_id, databases.clock)


def _subscriptions(
    row: PreparedRow, branch: BranchCard, plans: Lookup[tuple[UUID, str], UUID]
) -> list[SubscriptionRow]:
    return [
        SubscriptionRow(
            id=one.id, customer_id=row.customer.id, plan_id=plans[branch.id, one.plan], price_minor=one.price_minor,
            started_on=one.started_on, billed_from=one.billed_from, status=one.status, closed_on=one.closed_on,
        )
        for one in row.subscriptions
    ]  # fmt: skip
