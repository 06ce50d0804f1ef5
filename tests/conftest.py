"""What every test has: the real servers' fixtures, and no settings from the developer's own environment."""

import os

import pytest

pytest_plugins = ["tests.real_servers.fixtures"]


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """HEADEND_* variables of the shell do not decide how a test ends; those of the test run itself stay."""
    for name in os.environ:
        if name.startswith("HEADEND_") and not name.startswith(("HEADEND_TEST_", "HEADEND_SCENARIO_")):
            monkeypatch.delenv(name)
