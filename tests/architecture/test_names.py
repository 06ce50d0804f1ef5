"""Names say what is inside."""

from pathlib import PurePosixPath

from tests.architecture.source_files import SERVICES, all_files, product_files

# A drawer for everything is where nothing is found again.
FORBIDDEN = {"util", "utils", "helper", "helpers", "common", "base", "manager", "managers", "misc", "shared"}


def test_no_module_is_a_drawer_for_everything() -> None:
    names = {file.name: set(PurePosixPath(file.name).with_suffix("").parts) for file in all_files()}
    assert [name for name, parts in names.items() if parts & FORBIDDEN] == []


def test_every_product_module_says_what_it_is_for() -> None:
    import ast

    silent = [file.name for file in product_files() if file.text.strip() and not ast.get_docstring(file.tree)]
    assert [name for name in silent if "/migrations/versions/" not in name] == []


def test_every_service_has_the_rooms_that_all_have() -> None:
    present = {file.name for file in product_files()}
    wanted = [
        f"services/{service}/{room}"
        for service in SERVICES
        for room in ("__init__.py", "service.py", "migrations/env.py")
    ]
    assert [room for room in wanted if room not in present] == []
