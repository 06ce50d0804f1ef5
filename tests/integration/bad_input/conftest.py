"""One embedded Headend for each module here."""

from collections.abc import Iterator

import pytest

from tests.stack.api import Api
from tests.stack.builders import TODAY
from tests.stack.embedded import Embedded


@pytest.fixture(scope="module")
def headend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """A running Headend whose business date is TODAY."""
    with Embedded(tmp_path_factory.mktemp("headend") / "home", today=TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def admin(headend: Embedded) -> Api:
    """The administrator, signed in."""
    return headend.admin()
