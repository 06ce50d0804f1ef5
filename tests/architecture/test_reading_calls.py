"""What an API token for reading may ask: calls that change nothing, told by the verb that their name begins with."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

from contracts import calls
from contracts.calls import READING, Call
from tests.architecture.source_files import product_files

WRITES_ALL_THE_SAME = {"check_session": "writes down that the session was used"}


def doors() -> Iterator[tuple[str, str]]:
    """Every door with its source."""
    for file in product_files():
        for node in ast.walk(file.tree):
            marks = [getattr(mark, "id", "") for mark in getattr(node, "decorator_list", ())]
            if isinstance(node, ast.FunctionDef) and "call" in marks:
                yield node.name, ast.unparse(node)


def every_call() -> dict[str, type[Call[Any]]]:
    for module in pkgutil.iter_modules(calls.__path__):
        importlib.import_module(f"contracts.calls.{module.name}")
    found, kinds = {}, list(Call.__subclasses__())
    for kind in kinds:
        kinds += kind.__subclasses__()
        if hasattr(kind, "method"):
            found[kind.method] = kind
    return found


def test_a_call_that_reads_opens_no_transaction() -> None:
    found = dict(doors())
    assert len(found) > 80
    writing = {
        name
        for name, source in found.items()
        if name.partition("_")[0] in READING and ".transaction()" in source
    }
    assert writing == set(WRITES_ALL_THE_SAME)


def test_a_call_counts_as_reading_by_its_verb_and_every_other_as_changing_something() -> None:
    reads = {name: call.reads for name, call in every_call().items()}
    assert reads["list_customers"] and reads["preview_payment"] and reads["render_invoice"]
    assert not any(
        reads[name] for name in ("record_payment", "start_billing_run", "sign_out", "send_test_mail")
    )
