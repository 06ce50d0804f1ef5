"""Every fault of the list is in the table, each says what must hold, and a few are for every change."""

from importlib import import_module
from pkgutil import iter_modules

from tests.faults import stories
from tests.faults.trial import FAULTS

BESIDES = {"wiped", "newyear", "cashiers", "runs"}


def test_every_fault_of_the_list_is_in_the_table_once() -> None:
    for module in iter_modules(stories.__path__):
        import_module(f"{stories.__name__}.{module.name}")
    numbers = [one.number for one in FAULTS]
    assert sorted(numbers) == sorted({*map(str, range(1, 21)), *BESIDES, *numbers})
    assert all(len(one.promise) > 80 for one in FAULTS)
    assert 3 <= sum(one.ci for one in FAULTS) <= 6
