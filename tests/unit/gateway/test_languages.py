"""The language of a page: chosen, the reader's own, the browser's; and kept when somebody signs in."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.unit.gateway.conftest import ScriptedClient
from tests.unit.gateway.test_pages import GOOD, csrf_of, submit


def choose(web: FlaskClient, language: str, then: str) -> TestResponse:
    token = csrf_of(web.get("/sign-in"))
    return web.post("/language", data={"language": language, "next": then, "csrf_token": token})


def tag_of(page: str) -> str:
    return page.split('<html lang="')[1].split('"')[0]


@pytest.mark.parametrize(
    ("accepted", "tag"),
    [("pl,en;q=0.5", "pl"), ("zh-TW", "zh-Hant"), ("fr-CA,fr", "fr"), ("de, xx", "en"), ("", "en")],
)
def test_a_page_is_in_the_browsers_language(web: FlaskClient, accepted: str, tag: str) -> None:
    page = web.get("/sign-in", headers={"Accept-Language": accepted})
    assert tag_of(page.text) == tag


def test_a_chosen_language_wins_and_outlives_signing_in(web: FlaskClient, bus: ScriptedClient) -> None:
    answer = choose(web, "fa", "/sign-in?next=%2Fcustomers")
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=%2Fcustomers"
    page = web.get("/sign-in", headers={"Accept-Language": "fr"}).text
    assert '<html lang="fa" dir="rtl">' in page
    submit(web, "/sign-in", GOOD)
    assert tag_of(web.get("/password").text) == "fa"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_choosing_a_language_sends_nobody_elsewhere(web: FlaskClient, elsewhere: str) -> None:
    answer = choose(web, "pl", elsewhere)
    assert answer.location == "/"


def test_a_language_that_is_not_ours_changes_nothing(web: FlaskClient) -> None:
    choose(web, "xx", "/sign-in")
    assert tag_of(web.get("/sign-in").text) == "en"
