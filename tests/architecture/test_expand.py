"""A migration since the last release only adds, or says what it takes away: the old version serves meanwhile."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.migrations import migrations_of
from tests.architecture.source_files import SERVICES
from tests.stack.previous_release import facts

TAKING = frozenset(
    {"drop_table", "drop_column", "drop_constraint", "rename_table", "alter_column", "execute"}
)
"""Operations that the old version may stumble over; what a statement in SQL does, nobody can see from here."""


def newer_migrations(service: str) -> list[Path]:
    files = sorted((migrations_of(service) / "versions").glob("[0-9]*.py"))
    return [file for file in files if file.stem > facts()[service]]


def taking(code: str) -> Iterator[str]:
    """What upgrade() takes away, by name of the operation; nothing when the module says so in CONTRACTS, and no
    statement when it says in REWRITES what becomes of rows that the old version goes on reading and writing.
    """
    tree = ast.parse(code)
    noted = {ast.unparse(node.targets[0]) for node in tree.body if isinstance(node, ast.Assign)}
    if "CONTRACTS" in noted:
        return
    looked_for = TAKING - {"execute"} if "REWRITES" in noted else TAKING
    upgrade = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "upgrade")
    made = {ast.unparse(call.args[0]) for call in _calls(upgrade, "create_table")}
    for call in ast.walk(upgrade):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            name, text = call.func.attr, ast.unparse(call)
            if name in looked_for:
                yield name
            if name == "add_column" and "nullable=False" in text and "server_default" not in text:
                yield "add_column that the old version does not fill"
            on_old = not any(table in text for table in made)
            if name in ("create_index", "create_unique_constraint") and "unique" in text and on_old:
                yield f"{name} that refuses what the old version writes"


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
            yield node


@pytest.mark.parametrize("service", SERVICES)
def test_a_new_migration_only_adds_or_says_what_it_takes_away(service: str) -> None:
    found = {file.name: list(taking(file.read_text())) for file in newer_migrations(service)}
    found = {name: operations for name, operations in found.items() if operations}
    assert not found, (
        'add in this release and take away in the next, or write CONTRACTS = "why" (docs/upgrade.md)'
    )


@pytest.mark.parametrize("service", SERVICES)
def test_the_previous_release_is_in_the_chain(service: str) -> None:
    assert (migrations_of(service) / "versions" / f"{facts()[service]}.py").exists()


@pytest.mark.parametrize(
    ("operation", "takes"),
    [
        ('op.drop_column("payments", "note")', True),
        ('op.execute("UPDATE payments SET note = 1")', True),
        ('op.add_column("payments", sa.Column("note", sa.Text(), nullable=False))', True),
        ('op.add_column("payments", sa.Column("note", sa.Text(), nullable=False, server_default=""))', False),
        ('op.add_column("payments", sa.Column("note", sa.Text(), nullable=True))', False),
        ('op.create_index("uq_payments_note", "payments", ["note"], unique=True)', True),
        ('op.create_index("ix_payments_note", "payments", ["note"])', False),
    ],
)
def test_what_takes_something_away(operation: str, takes: bool) -> None:
    assert bool(list(taking(f"def upgrade():\n    {operation}\n"))) is takes
    assert not list(taking(f'CONTRACTS = "nobody reads it"\ndef upgrade():\n    {operation}\n'))


def test_rows_may_be_rewritten_when_it_is_said_and_nothing_else_may() -> None:
    said = 'REWRITES = "masks"\ndef upgrade():\n    '
    assert not list(taking(said + 'connection.execute(history.update().values(note=""))\n'))
    assert list(taking(said + 'op.drop_column("payments", "note")\n'))
