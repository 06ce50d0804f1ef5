"""A gateway whose services hang still answers (BUS, 6)."""

import threading
from contextlib import ExitStack

import pytest
from flask.testing import FlaskClient

from gateway.bulkhead import Bulkhead, Busy


def test_a_place_is_given_back_even_after_an_error() -> None:
    bulkhead = Bulkhead(1, patience=0.01)
    for _ in range(3):
        with pytest.raises(KeyError), bulkhead.place():
            raise KeyError
    with bulkhead.place():
        pass


def test_a_full_house_that_hangs_refuses_at_once() -> None:
    now = [0.0]
    bulkhead = Bulkhead(2, patience=60, tick=lambda: now[0])
    with ExitStack() as held:
        held.enter_context(bulkhead.place())
        held.enter_context(bulkhead.place())
        now[0] = 1.5
        with pytest.raises(Busy), bulkhead.place():
            pass


def test_a_full_house_that_moves_is_waited_for() -> None:
    bulkhead = Bulkhead(1, patience=30)
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with bulkhead.place():
            entered.set()
            leave.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    assert entered.wait(10)
    threading.Timer(0.05, leave.set).start()
    with bulkhead.place():
        pass
    holder.join()


def test_waiting_for_a_place_has_an_end() -> None:
    bulkhead = Bulkhead(1, patience=0.02)
    with bulkhead.place(), pytest.raises(Busy), bulkhead.place():
        pass


def test_live_is_answered_while_every_place_is_taken(api: FlaskClient) -> None:
    calls = api.application.extensions["headend.calls"]
    calls._bulkhead = Bulkhead(1, patience=0.01)
    with calls._bulkhead.place():
        refused = api.get("/api/v1/branches")
        assert (refused.status_code, refused.get_json()["code"]) == (503, "busy")
        assert refused.headers["Retry-After"]
        assert api.get("/health/live").get_json() == {"status": "ok", "problems": []}
