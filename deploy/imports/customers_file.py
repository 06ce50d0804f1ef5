"""`headend import customers`: customers with their subscriptions from a CSV file or a workbook, by a mapping."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID, uuid5

from chassis.clock import Clock
from chassis.settings import Settings
from deploy.imports import limits, progress
from deploy.imports.checking import Needs, check_plans, check_rows, known_places
from deploy.imports.databases import Databases, open_databases
from deploy.imports.existing import branches_by_code, plans_by_branch
from deploy.imports.inviting import invite as invite_customers
from deploy.imports.mapping import Mapping, read_mapping, require_columns
from deploy.imports.refusals import FileRefused, RowsRefused
from deploy.imports.rows import Surroundings, customer_id_of, no_date
from deploy.imports.source_tables import open_table
from deploy.imports.spool import BadRows, GoodRows, bad_rows, good_rows
from deploy.imports.values import CellProblem, value_of
from deploy.imports.writing import begin, completed_at, prepare_branches, prepare_plans, write_rows

IMPORTS = UUID("6f1b7c52-54a5-4f2e-9d0c-0f3c6a1f9f0e")
"""The namespace of import ids."""

Say = Callable[[str], object]


@dataclass(frozen=True)
class Outcome:
    """What an import did. `added` and `kept` are customers; `again` that it had been completed before."""

    import_id: UUID
    rows: int = 0
    bad: int = 0
    added: int = 0
    kept: int = 0
    subscriptions: int = 0
    invited: int = 0
    again: bool = False


def import_customers_file(
    settings: Settings,
    file: Path,
    mapping_file: Path,
    say: Say,
    *,
    skip_bad: Path | None = None,
    invite: bool = False,
    clock: Clock | None = None,
) -> Outcome:
    """Check everything, then import in chunks; the same call finishes what was stopped, then changes nothing more.

    `say` is told the progress, line by line. With `skip_bad`, wrong rows go into that file, the others in.
    Raises FileRefused, MappingRefused, RowsRefused (nothing was changed), WrongSetting.
    """
    mapping = read_mapping(mapping_file)
    if skip_bad is not None and skip_bad.absolute() in (file.absolute(), mapping_file.absolute()):
        raise FileRefused(f"{skip_bad} would be overwritten; name another file for the bad rows.")
    with open_table(file, mapping.sheet) as table:
        require_columns(mapping, table, file.name)
    import_id = uuid5(IMPORTS, f"{_sha256(file)}:{mapping.fingerprint()}")
    with open_databases(settings, clock) as databases:
        outcome = _import_once(databases, import_id, file, mapping, say, skip_bad)
        if invite:
            ids = list(_customer_ids(file, mapping, import_id))
            outcome = replace(outcome, invited=invite_customers(databases, ids, say))
        return outcome


def _import_once(
    databases: Databases, import_id: UUID, file: Path, mapping: Mapping, say: Say, skip_bad: Path | None
) -> Outcome:
    completed = completed_at(databases, import_id)
    if completed is not None:
        say(
            f"{file.name} was imported already, with this mapping, at {completed:%Y-%m-%d %H:%M} UTC. "
            "Nothing was changed."
        )
        return Outcome(import_id, again=True)
    with databases.customers.reading() as session:
        branches = branches_by_code(session)
        dates = progress.dates_of(session, import_id, databases.clock)
    plans = plans_by_branch(databases, branches)
    around = Surroundings(import_id, mapping, known_places(mapping, branches, plans), dates)
    with good_rows() as good:
        bad_count, needs = _check(file, around, databases, good, skip_bad, say)
        check_plans(mapping.plans, needs, around.places, plans)
        cards = prepare_branches(databases, mapping.branches, needs.branches)
        begin(databases, import_id, file.name, dates)
        prepare_plans(databases, mapping.plans, cards, needs.plans)
        written = write_rows(databases, import_id, cards, good, say)
    return Outcome(
        import_id, good.count + bad_count, bad_count, written.added, written.kept, good.subscriptions
    )


def _check(
    file: Path, around: Surroundings, databases: Databases, good: GoodRows, skip_bad: Path | None, say: Say
) -> tuple[int, Needs]:
    """Sort all rows; returns how many are bad, and what the good ones need. Raises RowsRefused."""
    with (
        open_table(file, around.mapping.sheet) as table,
        bad_rows(skip_bad, table.columns, limits.PROBLEMS_SHOWN) as bad,
    ):
        needs = check_rows(table, around, databases, good, bad)
        _tell(file, good, bad, skip_bad, say)
    return bad.count, needs


def _tell(file: Path, good: GoodRows, bad: BadRows, skip_bad: Path | None, say: Say) -> None:
    rows = good.count + bad.count
    for sentence in bad.sentences:
        say(sentence)
    if bad.count > bad.shown:
        say(f"... and {bad.count - bad.shown:,} more rows.")
    if not rows:
        raise FileRefused(f"{file.name} has a header but no rows.")
    if bad.count and skip_bad is None:
        raise RowsRefused(
            f"Nothing was imported: {bad.count:,} of {rows:,} rows of {file.name} are wrong. Correct them, "
            "or import the others with --skip-bad FILE."
        )
    if not good.count:
        raise RowsRefused(f"Nothing was imported: all {rows:,} rows of {file.name} are wrong.")
    left = f"; {bad.count:,} bad rows are in {skip_bad}" if bad.count else ", all fit"
    say(f"{file.name}: {rows:,} rows checked{left}.")


def _customer_ids(file: Path, mapping: Mapping, import_id: UUID) -> Iterator[UUID]:
    with open_table(file, mapping.sheet) as table:
        for row in table.rows:
            with suppress(CellProblem):
                yield customer_id_of(import_id, value_of(mapping.customer.crf, row.cells, no_date))


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
