"""The Python files of this repository, parsed once, as the architecture tests look at them."""

import ast
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICES = ("customers", "billing", "notify", "reports")
_PRODUCT = ("libs", "services", "gateway", "deploy")


@dataclass(frozen=True)
class SourceFile:
    """One Python file; `name` is its path from the repository's root."""

    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        """What is written in it."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text, filename=self.name)

    @property
    def is_migration(self) -> bool:
        """Whether it is an Alembic revision, written once and then left alone."""
        return "/migrations/versions/" in self.name


def _files_of(folders: tuple[str, ...]) -> tuple[SourceFile, ...]:
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return tuple(SourceFile(path.relative_to(ROOT).as_posix(), path) for path in sorted(paths))


@lru_cache(maxsize=1)
def product_files() -> tuple[SourceFile, ...]:
    """What is shipped. Never fewer than eighty files: a check that looks at nothing must not pass."""
    found = _files_of(_PRODUCT)
    assert len(found) > 80, f"only {len(found)} Python files under {_PRODUCT}; is ROOT right?"
    return found


@lru_cache(maxsize=1)
def all_files() -> tuple[SourceFile, ...]:
    """What is shipped, and the tests."""
    return product_files() + _files_of(("tests",))
