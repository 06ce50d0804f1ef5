"""Ending a session reaches every process of every gateway within thirty seconds."""

import pytest

from gateway.auth import KEPT_SECONDS
from tests.stack.api import Api
from tests.stack.embedded import PASSWORD
from tests.stack.processes import wait_until
from tests.stack.real import Real

pytestmark = [pytest.mark.slow, pytest.mark.real_servers]


def test_an_ended_session_is_worthless_everywhere_within_thirty_seconds(real: Real) -> None:
    here, there = real.admin(), real.admin()
    everywhere = [Api(address, there.token) for address in real.addresses]
    for caller in everywhere * 8:  # a gateway has several processes, each of which remembers the session
        caller.ok("GET", "/me")
    here.ok("DELETE", "/me/sessions")
    wait_until(
        "every process of every gateway knows",
        lambda: all(caller.request("GET", "/me").status_code == 401 for caller in everywhere * 8),
        KEPT_SECONDS + 5,
    )
    here.ok("GET", "/me")


def test_a_changed_password_changes_the_token_too(real: Real) -> None:
    caller, other = real.admin(), real.admin()
    changed = {"current_password": PASSWORD, "password": "eleven calm otters"}
    token = caller.ok("POST", "/me/password", json=changed)["token"]
    assert caller.request("GET", "/me").status_code == other.request("GET", "/me").status_code == 401
    Api(real.address, token).ok("GET", "/me")
