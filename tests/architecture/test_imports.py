"""What import-linter cannot say; the layers themselves are in pyproject.toml and run by `make check`."""

import ast
import tomllib
from collections.abc import Iterator

from tests.architecture.source_files import ROOT, SERVICES, SourceFile, product_files

# The gateway speaks to the services through calls alone (DESIGN, 1). `keys` and `callbacks` are for the simulated
# payment provider, whose page signs what it tells billing as a bank would.
GATEWAY_MAY_IMPORT = {
    "settings", "clock", "collector", "rpc_client", "logs", "metrics", "health", "keys", "callbacks",
}  # fmt: skip


def imported(file: SourceFile) -> Iterator[str]:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_the_gateway_takes_only_the_plumbing_it_may() -> None:
    rooms = {
        f"{file.name}: {module}"
        for file in product_files()
        if file.name.startswith("gateway/")
        for module in imported(file)
        if module.startswith("chassis.") and module.split(".")[1] not in GATEWAY_MAY_IMPORT
    }
    assert rooms == set()


def test_the_package_chassis_imports_nothing_by_itself() -> None:
    (package,) = [file for file in product_files() if file.name == "libs/chassis/__init__.py"]
    assert list(imported(package)) == []


def test_nobody_but_chassis_and_service_modules_speaks_nameko() -> None:
    """eventlet is being retired: both must be replaceable without touching a use case (DESIGN, 2)."""
    foreign = {
        file.name
        for file in product_files()
        for module in imported(file)
        if module.split(".")[0] in {"nameko", "eventlet"}
        and not file.name.startswith(("libs/chassis/", "deploy/"))
        and not file.name.endswith("/service.py")
    }
    assert foreign == set()


def test_every_top_level_package_is_installed_and_layered() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    packages = {*SERVICES, "contracts", "chassis", "gateway", "deploy"}
    assert set(project["importlinter"]["root_packages"]) == packages
    assert {name.rstrip("*") for name in project["setuptools"]["packages"]["find"]["include"]} == packages
