"""A reports service on a fresh SQLite database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.reports.story import ReportsHouse


@pytest.fixture
def house(tmp_path: Path) -> Iterator[ReportsHouse]:
    house = ReportsHouse(tmp_path)
    yield house
    house.close()
