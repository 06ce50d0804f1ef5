"""A key is carried out once and answered alike (RULES, payments: the key)."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from chassis.idempotency import IdempotencyKeyReused, claim, fingerprint, remember
from chassis.platform import Platform
from contracts.calls import Done
from contracts.calls.billing import StartBillingRun


class Named(BaseModel):
    text: str


def run(key: str | None, period: str = "2026-11") -> StartBillingRun:
    return StartBillingRun(period=period, idempotency_key=key)


def carry_out(platform: Platform, scope: str, key: str, request: StartBillingRun) -> Done | None:
    with platform.database.transaction() as session:
        earlier = claim(session, scope, key, request, Done, platform.clock)
        if earlier is None:
            remember(session, scope, key, Done())
        return earlier


def test_the_first_use_of_a_key_is_carried_out_and_the_second_replayed(platform: Platform) -> None:
    assert carry_out(platform, "admin", "k", run("k")) is None
    assert carry_out(platform, "admin", "k", run("k")) == Done()


def test_another_request_under_the_same_key_is_refused(platform: Platform) -> None:
    carry_out(platform, "admin", "k", run("k"))
    with pytest.raises(IdempotencyKeyReused):
        carry_out(platform, "admin", "k", run("k", "2026-12"))


def test_keys_of_different_callers_do_not_meet(platform: Platform) -> None:
    carry_out(platform, "admin", "k", run("k"))
    assert carry_out(platform, "cashier", "k", run("k", "2026-12")) is None


def test_a_rolled_back_request_frees_its_key(platform: Platform) -> None:
    with pytest.raises(RuntimeError), platform.database.transaction() as session:
        claim(session, "admin", "k", run("k"), Done, platform.clock)
        raise RuntimeError
    assert carry_out(platform, "admin", "k", run("k")) is None


def test_the_key_itself_is_no_part_of_what_was_said() -> None:
    assert fingerprint(run("a")) == fingerprint(run("b"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=20), st.text(max_size=20))
def test_only_equal_requests_have_equal_fingerprints(one: str, other: str) -> None:
    first, second = (Named(text=text) for text in (one, other))
    assert (fingerprint(first) == fingerprint(second)) == (one == other)
