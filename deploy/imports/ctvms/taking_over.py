"""`headend import ctvms`: read and check all ten tables, write what fits our books, tell what does not."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID, uuid5

from pydantic import ValidationError

from billing.copies import KnownBranch
from billing.domain.payment_rules import SERVICE_NAMES
from billing.usecases.import_documents import import_documents
from chassis.clock import Clock
from chassis.settings import Settings
from contracts.cards import BranchCard, Service
from contracts.money import Money
from customers.queries import taken_crfs
from customers.usecases.import_complaints import import_complaints
from deploy.imports import limits
from deploy.imports.checking import Needs, check_plans
from deploy.imports.ctvms import new_rows
from deploy.imports.ctvms.differences import differences, dues
from deploy.imports.ctvms.old_records import Records, read_records
from deploy.imports.ctvms.old_tables import fingerprint, read_tables
from deploy.imports.databases import IMPORTER, Databases, open_databases
from deploy.imports.existing import branches_by_code, plan_ids, plans_by_branch
from deploy.imports.inviting import invite as invite_customers
from deploy.imports.mapping import PlanToMake
from deploy.imports.progress import BusinessDates
from deploy.imports.refusals import MappingRefused, RowsRefused
from deploy.imports.rows import NOT_YET, customer_id_of
from deploy.imports.subscriptions import Place
from deploy.imports.writing import begin, completed_at, finish, prepare_branches, prepare_plans, write_chunk

IMPORTS = UUID("c1d7a7f8-3f5e-4d53-8c0b-5f0f7d1c2b9a")
"""The namespace of these imports' ids."""
SERIES = "CTVMS"
"""The series of the old invoices."""
MONTH = "250.00"
"""What a month cost in CTVMS; its tables do not say."""

Say = Callable[[str], object]


@dataclass(frozen=True)
class Outcome:
    """What the import did. `dues` is what is open by service; `again` that it had been completed before."""

    import_id: UUID
    customers: int = 0
    subscriptions: int = 0
    documents: int = 0
    complaints: int = 0
    dues: dict[Service, Money] | None = None
    invited: int = 0
    again: bool = False


def import_ctvms(
    settings: Settings,
    folder: Path,
    say: Say,
    *,
    branch_code: str = "MAIN",
    invite: bool = False,
    clock: Clock | None = None,
) -> Outcome:
    """Check all ten tables, then import them; the same call finishes what was stopped, then changes nothing more.

    `say` is told the progress and everything that does not fit, line by line.
    Raises FileRefused, MappingRefused (no such branch), RowsRefused (nothing was changed), WrongSetting.
    """
    tables = read_tables(folder)
    import_id = uuid5(IMPORTS, f"{fingerprint(folder)}:{branch_code}")
    with open_databases(settings, clock) as databases:
        branch = _branch(databases, branch_code)
        records = read_records(tables, branch.today(databases.clock))
        completed = completed_at(databases, import_id)
        if completed is not None:
            say(f"This export was imported already, at {completed:%Y-%m-%d %H:%M} UTC. Nothing was changed.")
            outcome = Outcome(import_id, again=True)
        else:
            _check(databases, records, import_id, branch.card, say)
            outcome = _write(databases, records, import_id, branch.card, say)
            _tell(records, branch, databases.clock, invite, say)
        if invite:
            ids = [customer_id_of(import_id, one.crf) for one in records.customers]
            outcome = replace(outcome, invited=invite_customers(databases, ids, say))
        return outcome


def _branch(databases: Databases, code: str) -> KnownBranch:
    with databases.customers.reading() as session:
        branches = branches_by_code(session)
    if code not in branches:
        raise MappingRefused(f'There is no branch "{code[:20]}"; there are {", ".join(sorted(branches))}.')
    return KnownBranch(branches[code])


def _check(databases: Databases, records: Records, import_id: UUID, branch: BranchCard, say: Say) -> None:
    """Raises RowsRefused when anything is wrong; nothing was changed then."""
    problems = records.problems + _unfit(records, import_id, branch)
    with databases.customers.reading() as session:
        taken = taken_crfs(session, [one.crf for one in records.customers])
    for one in records.customers:
        if taken.get(one.crf.casefold(), customer_id_of(import_id, one.crf)) != customer_id_of(
            import_id, one.crf
        ):
            problems.append(f'CRF "{one.crf}" belongs to a customer who is here already.')
    for problem in problems[: limits.PROBLEMS_SHOWN]:
        say(problem)
    if len(problems) > limits.PROBLEMS_SHOWN:
        say(f"... and {len(problems) - limits.PROBLEMS_SHOWN:,} more.")
    if problems:
        raise RowsRefused(
            f"Nothing was imported: {len(problems):,} things are wrong. Correct the tables and try again."
        )
    plans, needs = new_rows.plans_of(records, MONTH), Needs()
    needs.plans.update((branch.code, code) for code in plans)
    place = Place(branch.currency, branch.time_zone, frozenset(plans))
    check_plans(plans, needs, {branch.code: place}, plans_by_branch(databases, {branch.code: branch}))


def _unfit(records: Records, import_id: UUID, branch: BranchCard) -> list[str]:
    """What could be read but cannot be stored: texts that are too long, or not one line."""
    try:
        new_rows.complaint_rows(records, import_id, branch.code)
        new_rows.document_rows(records, import_id)
        nowhere = dict.fromkeys(new_rows.plans_of(records, MONTH), NOT_YET)
        new_rows.subscription_rows(records, import_id, nowhere, 0)
    except ValidationError as error:
        return [f"{one['loc'][0]} {str(one['input'])[:40]!r}: {one['msg']}." for one in error.errors()]
    return []


def _write(databases: Databases, records: Records, import_id: UUID, branch: BranchCard, say: Say) -> Outcome:
    prepare_branches(databases, {}, {branch.code})
    begin(databases, import_id, "CTVMS", BusinessDates(databases.clock, {}))
    plans: dict[str, PlanToMake] = new_rows.plans_of(records, MONTH)
    prepare_plans(databases, plans, {branch.code: branch}, {(branch.code, code) for code in plans})
    with databases.billing.reading() as session:
        ids = {code: plan_id for (_, code), plan_id in plan_ids(session, {branch.id}).items()}
    month = Money.parse(MONTH, branch.currency)
    customers = new_rows.customer_rows(records, import_id, branch.id)
    subscriptions = new_rows.subscription_rows(records, import_id, ids, month.minor)
    for start in range(0, len(customers), limits.CHUNK):
        chunk = customers[start : start + limits.CHUNK]
        whose = {one.id for one in chunk}
        write_chunk(databases, import_id, chunk, [one for one in subscriptions if one.customer_id in whose])
    documents, complaints = _write_papers(databases, records, import_id, branch.code)
    finish(databases, import_id)
    say(
        f"Complete: {len(customers)} customers, {len(subscriptions)} subscriptions, {documents} old invoices, "
        f"{complaints} complaints."
    )
    return Outcome(import_id, len(customers), len(subscriptions), documents, complaints, dues(records, month))


def _write_papers(
    databases: Databases, records: Records, import_id: UUID, branch_code: str
) -> tuple[int, int]:
    documents = new_rows.document_rows(records, import_id)
    with databases.billing.transaction() as session:
        import_documents(session, import_id, SERIES, documents, IMPORTER, databases.clock)
    complaints = new_rows.complaint_rows(records, import_id, branch_code)
    with databases.customers.transaction() as session:
        import_complaints(session, complaints, IMPORTER, databases.clock)
    return len(documents), len(complaints)


def _tell(records: Records, branch: KnownBranch, clock: Clock, invite: bool, say: Say) -> None:
    """What is open now, what was left behind, and what does not fit."""
    price = Money.parse(MONTH, branch.currency)
    for service, amount in dues(records, price).items():
        say(f"Open for {SERVICE_NAMES[service]}: {amount}.")
    for line in differences(records, branch.today(clock), branch.expiry_policy):
        say(line)
    link = "they get a one-time link" if invite else "invite them (--invite) and they get a one-time link"
    say(f"Left behind: {len(records.usernames)} portal passwords; {link}.")
    say(
        f"Left behind: {len(records.broadband_usernames)} broadband passwords; they stay where they are used."
    )
    if records.admins:
        say(
            f"Not imported: the administrators {', '.join(records.admins)}; add those who still work here as staff."
        )
