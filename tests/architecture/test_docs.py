"""Pages that are written from the code, or that name it, say what the code says."""

import re
from pathlib import Path

import pytest

from deploy.messages_doc import document
from deploy.settings_doc import with_table
from tests.architecture.source_files import ROOT, SERVICES

_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
_MAKE = re.compile(r"(?:^    |`)make ([a-z-]+)", re.MULTILINE)


def pages() -> list[Path]:
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    found += [ROOT / "services" / service / "README.md" for service in SERVICES]
    assert len(found) >= 12
    return found


def test_messages_are_as_the_contracts_say() -> None:
    assert (ROOT / "docs/messages.md").read_text() == document(), "run `make messages`"


def test_the_readme_lists_the_settings_as_they_are() -> None:
    readme = (ROOT / "README.md").read_text()
    assert readme == with_table(readme), "run `make settings-table`"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = _LINK.findall(page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_make_target_that_a_page_names_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = {target for page in pages() if page.exists() for target in _MAKE.findall(page.read_text())}
    assert {"run", "test"} <= named <= targets
