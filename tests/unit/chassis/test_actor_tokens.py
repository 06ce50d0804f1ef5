"""Nobody can invent a caller: only customers vouches for people, each service only for itself (DESIGN, 4)."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from chassis.actor_tokens import ActorSigner, ActorVerifier
from chassis.clock import FixedClock
from chassis.platform import Platform
from contracts.actor import Actor, Role, service_actor
from contracts.errors import Unauthenticated

CASHIER = Actor(subject="staff:1", name="Anna", role=Role.CASHIER)


def signed_by(platform: Platform, service: str, actor: Actor) -> str:
    return ActorSigner(platform.keys, service, platform.clock).sign(actor)


def test_a_person_vouched_for_by_customers_is_believed(platform: Platform) -> None:
    assert platform.verifier.verify(signed_by(platform, "customers", CASHIER)) == CASHIER


def test_a_service_is_believed_about_itself(platform: Platform) -> None:
    itself = service_actor("billing")
    assert platform.verifier.verify(signed_by(platform, "billing", itself)) == itself


@pytest.mark.parametrize(
    ("issuer", "actor"),
    [("billing", CASHIER), ("notify", service_actor("billing")), ("customers", service_actor("customers-x"))],
)
def test_a_service_is_not_believed_about_others(platform: Platform, issuer: str, actor: Actor) -> None:
    with pytest.raises(Unauthenticated):
        platform.verifier.verify(signed_by(platform, issuer, actor))


def test_a_token_ends_after_five_minutes_even_when_it_was_seen_before(
    platform: Platform, clock: FixedClock
) -> None:
    verifier, token = platform.verifier, signed_by(platform, "customers", CASHIER)
    verifier.verify(token)
    clock.move(timedelta(minutes=6))
    with pytest.raises(Unauthenticated):
        verifier.verify(token)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(min_value=0, max_value=400), letter=st.sampled_from("ABCxyz019._-"))
def test_an_altered_token_is_refused(platform: Platform, place: int, letter: str) -> None:
    token = signed_by(platform, "customers", CASHIER)
    place %= len(token) - 3  # the last letter holds unused bits
    altered = token[:place] + letter + token[place + 1 :]
    if altered != token:
        with pytest.raises(Unauthenticated):
            ActorVerifier(platform.keys, platform.clock).verify(altered)


@given(st.text(max_size=60))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_that_is_no_token_is_refused(platform: Platform, text: str) -> None:
    with pytest.raises(Unauthenticated):
        platform.verifier.verify(text)
