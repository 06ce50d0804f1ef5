"""Where somebody is signed in, what is kept of it, and how it ends (TRUST, check 7)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.calls.own_sessions import EndOwnSession, OwnSession
from contracts.errors import Forbidden, NotFound
from customers.domain.sign_in_refusals import SessionOver
from customers.domain.whereabouts import rough_address, rough_browser
from customers.own_sessions import list_own_sessions
from customers.usecases.check_session import touch_session
from customers.usecases.end_own_sessions import end_other_sessions, end_own_session
from customers.usecases.own_session import own_session
from tests.unit.customers.builders import ADMIN_PASSWORD, GOOD_PASSWORD, Operator, admin
from tests.unit.customers.two_steps import member, set_up

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1"
)
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0"


def sessions(operator: Operator, token: str) -> tuple[OwnSession, ...]:
    checked = operator.check(token)
    with operator.reading() as session:
        return list_own_sessions(session, checked, operator.clock).items


def end(operator: Operator, token: str, one: OwnSession) -> None:
    checked = operator.check(token)
    with operator.writing() as session:
        request = EndOwnSession(session_token=token, session_id=one.id)
        end_own_session(session, checked, request, operator.clock)


@pytest.mark.parametrize(
    ("user_agent", "browser"),
    [(FIREFOX, "Firefox on Windows"), (CHROME, "Chrome on Android"), (SAFARI, "Safari on iPhone"),
     (EDGE, "Edge on Windows"), ("python-httpx/0.28.1", "python-httpx"), ("curl/8.5", "curl"), ("", ""),
     ("<script>alert(1)</script>", "")],
)  # fmt: skip
def test_a_browser_is_named_so_that_people_know_it(user_agent: str, browser: str) -> None:
    assert rough_browser(user_agent) == browser


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.9", "203.0.113.*"), ("2001:db8:0:1::7", "2001:db8:0:*"), ("", ""), ("unix:", "")],
)
def test_of_an_address_only_its_network_is_kept(address: str, network: str) -> None:
    assert rough_address(address) == network


@given(st.text(max_size=400))
def test_whatever_a_program_calls_itself_fits_into_its_column(user_agent: str) -> None:
    assert len(rough_browser(user_agent)) <= 60 and rough_browser(user_agent).isprintable()


@given(st.ip_addresses())
def test_every_address_fits_into_its_column(address: object) -> None:
    assert 3 < len(rough_address(str(address))) <= 60


def test_one_sees_ones_own_sessions_and_which_is_this_one(operator: Operator) -> None:
    member(operator)
    operator.sign_in("meera", GOOD_PASSWORD)
    there = operator.sign_in("admin", ADMIN_PASSWORD, address="203.0.113.9").token
    operator.clock.move(timedelta(minutes=5))
    here = operator.sign_in("admin", ADMIN_PASSWORD).token
    assert [(one.is_current, one.address) for one in sessions(operator, here)] == [
        (True, "192.0.2.*"), (False, "203.0.113.*"),
    ]  # fmt: skip
    operator.clock.move(timedelta(minutes=5))
    with operator.writing() as session:
        touch_session(session, operator.check(there).id, operator.clock)
    first, _ = sessions(operator, here)
    assert (first.address, first.last_seen_at) == ("203.0.113.*", operator.clock.now())


def test_what_is_over_or_only_half_is_not_listed(operator: Operator) -> None:
    member(operator)
    _, codes = set_up(operator)
    operator.sign_in("meera", GOOD_PASSWORD)
    assert len(sessions(operator, codes.token or "")) == 1
    operator.sign_in("admin", ADMIN_PASSWORD)
    operator.clock.move(timedelta(hours=4))
    assert len(sessions(operator, operator.sign_in("admin", ADMIN_PASSWORD).token)) == 1


def test_one_ends_a_session_and_no_other(operator: Operator) -> None:
    there, here, third = (operator.sign_in("admin", ADMIN_PASSWORD).token for _ in range(3))
    (theirs,) = (one for one in sessions(operator, there) if one.is_current)
    end(operator, here, theirs)
    with pytest.raises(SessionOver):
        operator.check(there)
    operator.check(here)
    operator.check(third)
    with pytest.raises(NotFound):
        end(operator, here, theirs)


def test_nobody_ends_a_session_of_somebody_else(operator: Operator) -> None:
    member(operator)
    theirs = operator.sign_in("meera", GOOD_PASSWORD).token
    (one,) = sessions(operator, theirs)
    mine = operator.sign_in("admin", ADMIN_PASSWORD).token
    for other in (one, one.model_copy(update={"id": uuid4()})):
        with pytest.raises(NotFound):
            end(operator, mine, other)
    operator.check(theirs)


def test_one_ends_all_others_at_once(operator: Operator) -> None:
    there, here = (operator.sign_in("admin", ADMIN_PASSWORD).token for _ in range(2))
    checked = operator.check(here)
    with operator.writing() as session:
        end_other_sessions(session, checked, operator.clock)
    operator.check(here)
    with pytest.raises(SessionOver):
        operator.check(there)


def test_a_session_is_named_by_whose_it_is_only(operator: Operator) -> None:
    member(operator)
    theirs = operator.sign_in("meera", GOOD_PASSWORD).token
    with operator.reading() as session, pytest.raises(Forbidden):
        own_session(session, theirs, admin(), operator.clock)
