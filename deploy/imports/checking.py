"""Checking a whole table before anything is written."""

from collections.abc import Iterator
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, field
from itertools import islice

from contracts.calls.customers import AddBranch
from contracts.cards import BranchCard
from contracts.errors import Refusal
from customers.domain import places
from customers.queries import taken_crfs
from deploy.imports import limits
from deploy.imports.databases import Databases
from deploy.imports.mapping import Mapping, PlanToMake
from deploy.imports.refusals import MappingRefused
from deploy.imports.rows import PreparedRow, RowProblems, Surroundings, prepare
from deploy.imports.source_tables import SourceRow, SourceTable
from deploy.imports.spool import BadRows, GoodRows
from deploy.imports.subscriptions import Place


@dataclass
class Needs:
    """What good rows need: the branches, and the plans as (branch, plan)."""

    branches: set[str] = field(default_factory=set)
    plans: set[tuple[str, str]] = field(default_factory=set)


KnownPlans = Lookup[str, Lookup[str, str]]
"""The plans of each branch, by codes: which service they are for."""


def known_places(mapping: Mapping, branches: Lookup[str, BranchCard], plans: KnownPlans) -> dict[str, Place]:
    """Every branch that rows may belong to, existing or described. Raises MappingRefused for a wrong description."""
    found = {
        code: Place(card.currency, card.time_zone, frozenset(mapping.plans) | frozenset(plans.get(code, {})))
        for code, card in branches.items()
    }
    for code, described in mapping.branches.items():
        _check_branch(described)
        here = branches.get(code)
        if here is None:
            found[code] = Place(described.currency, described.time_zone, frozenset(mapping.plans))
        elif here.currency != described.currency:
            raise MappingRefused(
                f"branches.{code}: the branch is here already, with {here.currency}; "
                f"the mapping says {described.currency}."
            )
    return found


def _check_branch(described: AddBranch) -> None:
    try:
        currency = places.require_currency(described.currency)
        places.require_time_zone(described.time_zone)
        places.require_locale(described.locale)
        places.require_invoicing(described.invoicing)
        places.minimum_payment(described.minimum_payment or places.DEFAULT_MINIMUM, currency)
    except Refusal as refusal:
        raise MappingRefused(f"branches.{described.code}: {refusal.message}") from None


def check_rows(
    table: SourceTable, around: Surroundings, databases: Databases, good: GoodRows, bad: BadRows
) -> Needs:
    """Sort every row into good and bad; returns what the good ones need. Nothing is written."""
    first_row_of: dict[str, int] = {}
    needs = Needs()
    while batch := list(islice(table.rows, limits.CHUNK)):
        prepared = list(_prepared(batch, around, first_row_of, bad))
        taken = _taken_elsewhere(prepared, databases)
        for source, row in prepared:
            if row.customer.crf.casefold() in taken:
                bad.add(source, [f'crf "{row.customer.crf}" belongs to a customer who is here already.'])
                continue
            good.add(row)
            needs.branches.add(row.branch)
            needs.plans.update((row.branch, one.plan) for one in row.subscriptions)
    return needs


def _prepared(
    batch: list[SourceRow], around: Surroundings, first_row_of: dict[str, int], bad: BadRows
) -> Iterator[tuple[SourceRow, PreparedRow]]:
    for source in batch:
        try:
            row = prepare(source, around)
        except RowProblems as found:
            bad.add(source, found.problems)
            continue
        first = first_row_of.setdefault(row.customer.crf.casefold(), source.number)
        if first != source.number:
            bad.add(
                source,
                [f'crf "{row.customer.crf}" stands in row {first} already; each customer has one row.'],
            )
            continue
        yield source, row


def _taken_elsewhere(prepared: list[tuple[SourceRow, PreparedRow]], databases: Databases) -> set[str]:
    """Of these CRF numbers those of customers who do not come from this import."""
    ids = {row.customer.crf.casefold(): row.customer.id for _, row in prepared}
    with databases.customers.reading() as session:
        here = taken_crfs(session, ids)
    return {crf for crf, customer_id in here.items() if ids[crf] != customer_id}


def check_plans(
    to_make: Lookup[str, PlanToMake], needs: Needs, known: Lookup[str, Place], plans: KnownPlans
) -> None:
    """Raises MappingRefused for a plan that is here for another service, or has a price that its branch cannot have."""
    from billing.usecases.add_plan import price_of

    for branch, code in sorted(needs.plans):
        described, here = to_make.get(code), plans.get(branch, {}).get(code)
        if described is None:
            continue
        if here is not None and here != described.service.value:
            raise MappingRefused(
                f"plans.{code}: {branch} has this plan already, for {here}; the mapping says {described.service.value}."
            )
        try:
            price_of(described.price, known[branch].currency)
        except Refusal as refusal:
            raise MappingRefused(f"plans.{code}.price in {branch}: {refusal.message}") from None
