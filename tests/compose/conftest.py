"""One stack for all tests here; where Docker is missing one line says so."""

from collections.abc import Iterator

import pytest

from tests.compose.docker import DockerMissing, compose_command
from tests.compose.stack import Stack
from tests.scenarios.payers import History
from tests.stack.builders import TODAY


@pytest.fixture(scope="session")
def compose() -> list[str]:
    """The compose command."""
    try:
        return compose_command()
    except DockerMissing as missing:
        pytest.skip(f"compose: {missing}; install Docker with its compose command to run these")


@pytest.fixture(scope="session")
def stack(compose: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The running stack, on the business date of the builders."""
    with Stack(compose, tmp_path_factory.mktemp("compose"), today=TODAY) as running:
        yield running


@pytest.fixture(scope="session")
def history() -> History:
    """What every payment of every test here was answered: at the end each must exist once, and no other."""
    return History()
