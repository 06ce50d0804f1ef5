"""The language of a page: chosen, the reader's own, the browser's; and kept when somebody signs in."""

import re
import subprocess
import sys

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from flask import Flask, session
from flask.testing import FlaskClient
from flask_babel import ngettext
from werkzeug.test import TestResponse

from gateway.pages.languages import CHOSEN, LANGUAGES, TEXTS
from tests.architecture.source_files import ROOT
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


OTHERS = sorted(set(LANGUAGES) - {"en"})
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")


def catalog(language: str) -> Catalog:
    with (TEXTS / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.fixture(scope="session")
def texts_of_the_pages(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every marked text of pages and forms, as the tool finds them that `make texts` uses."""
    found = tmp_path_factory.mktemp("texts") / "pages.pot"
    make = (ROOT / "Makefile").read_text()
    keywords = re.findall(r"-k (\S+)", make[make.index("pybabel") :].splitlines()[0])
    command = [
        sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", str(ROOT / "pyproject.toml"),
        *(part for keyword in keywords for part in ("-k", keyword)), "-o", str(found), str(ROOT / "gateway"),
    ]  # fmt: skip
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    with found.open("rb") as file:
        return {_key(message) for message in read_po(file) if message.id}


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_of_a_page_is_missing(texts_of_the_pages: set[str], language: str) -> None:
    written = {_key(one) for one in catalog(language) if one.id and all(_forms(one)) and not one.fuzzy}
    assert len(texts_of_the_pages) > 900
    assert sorted(texts_of_the_pages - written) == [], "make texts, then translate these"


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_lost_a_placeholder_or_a_plural_form(language: str) -> None:
    found = catalog(language)
    wrong = []
    for one in found:
        if not one.id:
            continue
        wanted = {one.id} if isinstance(one.id, str) else set(one.id)
        allowed = {frozenset(_PLACEHOLDER.findall(text)) for text in wanted}
        forms = _forms(one)
        if any(frozenset(_PLACEHOLDER.findall(text)) not in allowed for text in forms):
            wrong.append(_key(one))
        if not isinstance(one.id, str) and len(forms) != found.num_plurals:
            wrong.append(_key(one))
    assert wrong == []


@pytest.mark.parametrize(
    ("language", "number", "text"),
    [("pl", 1, "1 miesiąc"), ("pl", 3, "3 miesiące"), ("pl", 5, "5 miesięcy"), ("pl", 22, "22 miesiące")],
)
def test_plurals_are_those_of_the_language(app: Flask, language: str, number: int, text: str) -> None:
    with app.test_request_context("/"):
        session[CHOSEN] = language
        assert ngettext("%(num)s month", "%(num)s months", number) == text
