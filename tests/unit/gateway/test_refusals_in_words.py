"""What is refused, in the reader's language: every code has a sentence, and nothing is said by a library."""

import ast
import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from babel.support import NullTranslations
from flask import Flask, g
from flask.testing import FlaskClient
from flask_wtf import FlaskForm
from pydantic import ValidationError
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length

from contracts import fields
from contracts.actor import Role
from contracts.calls.customers import ChangeCustomer, GetCustomer, ListBranches, Me, SignIn
from contracts.errors import Forbidden, NotFound, Refusal, RuleBroken, Throttled
from gateway import validation
from gateway.auth import Caller
from gateway.errors import _SENTENCE_OF_STATUS
from gateway.pages import form as own_form
from gateway.pages.languages import Texts
from gateway.pages.refusals import SAID_TO_PROGRAMS, SENTENCES, sentence_of
from gateway.pages.said import beside_fields, said
from tests.architecture.source_files import product_files
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import ScriptedClient
from tests.unit.gateway.test_pages import GOOD, csrf_of, submit

IN_FRENCH = {"Accept-Language": "fr"}
EXCUSED = {
    "request_not_readable": "made of findings, each said in the page's language when it is found",
    "value_not_accepted": "made of findings, each said in the page's language when it is found",
    "idempotency_key_missing": "a header of the API; pages send the key in their forms",
    "not_json": "bodies of the API",
    "branch_required": "the API's default of a branch; pages let choose",
    "callback_refused": "payment providers call the API",
    "needs_a_person": "API tokens ask the API",
    "import_broken": "imports run by the command line",
    "secret_unreadable": "met by the sender of messages, while nobody waits",
    "foreign_form": "said in the page's language where it is raised",
    "not_yours": "said in the page's language where it is raised",
    "not_here": "said in the page's language where it is raised",
}


class Bracketed(NullTranslations):
    """A catalog that puts each text between brackets."""

    def gettext(self, message: str) -> str:
        return f"[{message}]"

    ugettext = gettext


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    """French is English in brackets."""
    real = Texts.of
    monkeypatch.setattr(
        Texts, "of", lambda self, language: Bracketed() if language == "fr" else real(self, language)
    )


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    with app.test_request_context("/customers"):
        yield


@pytest.fixture
def french(app: Flask, catalog: None) -> Iterator[None]:
    with app.test_request_context("/customers", headers=IN_FRENCH):
        yield


def codes_of_refusals() -> dict[str, str]:
    """Code -> where it is set, of every class with a text called `code`. Commands of deploy have no pages."""
    found = {}
    for file in (file for file in product_files() if not file.name.startswith("deploy/")):
        for node in ast.walk(file.tree):
            for line in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(line, ast.Assign):
                    name: ast.expr | None = line.targets[0]
                elif isinstance(line, ast.AnnAssign):
                    name = line.target
                else:
                    continue
                said = line.value.value if isinstance(line.value, ast.Constant) else None
                if isinstance(name, ast.Name) and name.id == "code" and said:
                    found[str(said)] = file.name
    assert len(found) > 100, "the source is not where this test looks"
    return found


def test_every_code_has_a_sentence_for_pages_or_an_excuse() -> None:
    missing = {code: at for code, at in codes_of_refusals().items() if code not in SENTENCES.keys() | EXCUSED}
    assert missing == {}


def test_no_excuse_outlives_its_code() -> None:
    assert EXCUSED.keys() - codes_of_refusals().keys() == set()
    assert EXCUSED.keys() & SENTENCES.keys() == set()


def test_no_sentence_outlives_its_code() -> None:
    of_http = {code for code, _ in _SENTENCE_OF_STATUS.values()}
    of_http |= {"bad_request", "unsupported_media_type", "internal_error"}
    assert SENTENCES.keys() - codes_of_refusals().keys() - of_http == set()


def test_english_shows_what_the_service_says(english: None) -> None:
    assert sentence_of("nothing_to_pay", "Nothing is open for TV.") == "Nothing is open for TV."


@pytest.mark.parametrize("code", sorted(SAID_TO_PROGRAMS))
def test_english_pages_speak_to_people(english: None, code: str) -> None:
    assert sentence_of(code, "Send another header.") == str(SENTENCES[code])


def test_another_language_has_its_own_sentence(french: None) -> None:
    assert sentence_of("nothing_to_pay", "Nothing for TV.").startswith("[Nothing is open here")


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_sentence_is_a_marked_text(french: None, code: str) -> None:
    assert re.fullmatch(r"\[.+\.\]", sentence_of(code, "Raw."), re.DOTALL)


def test_a_code_that_is_not_known_says_the_message(french: None) -> None:
    assert sentence_of("of_tomorrow", "Come tomorrow.") == "Come tomorrow."


def _french_cashier() -> Me:
    return answers.me(Role.CASHIER).model_copy(update={"locale": "fr"})


def test_a_missing_right_names_the_role_in_the_pages_language(french: None) -> None:
    g.caller = Caller(session_token="", actor_token="", me=_french_cashier())
    said_so = sentence_of("forbidden", "Your role (cashier) may not do this.")
    assert said_so == "[Your role ([Cashier]) may not do this; ask a colleague who may.]"


def test_a_refusal_without_fields_is_said_as_its_code_says(french: None) -> None:
    refusal = RuleBroken("Raw.")
    refusal.code = "crf_taken"
    assert said(refusal).startswith("[Another customer")


def test_beside_a_field_stands_the_sentence_of_its_language(french: None) -> None:
    refusal = RuleBroken("Raw.", field="csrf_token")
    refusal.code = refusal.errors[0].code = "crf_taken"
    form = own_form.Form()
    assert beside_fields(form, refusal) == (422, None)
    assert form.errors["csrf_token"][0].startswith("[Another customer")


def finding(kind: type[Any], **values: Any) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        kind(**values)
    return caught.value


def sentences_of(error: ValidationError) -> list[str]:
    return [entry.message for entry in validation.refusal_of(error, lambda text: f"[{text}]").errors]


def test_what_pydantic_finds_is_said_in_a_language(french: None) -> None:
    assert sentences_of(finding(SignIn, username="asha")) == ["[This field is required.]"]
    assert said(finding(SignIn, username="asha")) == "password: [This field is required.]"


def test_a_sentence_gets_its_numbers_after_it_is_translated() -> None:
    (sentence,) = sentences_of(finding(SignIn, username="x" * 500, password="secret words"))
    assert re.fullmatch(r"\[.+ \d+ .+\]|\[Must be 2 to 100 .+\]", sentence)


def test_a_wrong_address_is_said_without_the_librarys_english() -> None:
    wrong = finding(ChangeCustomer, customer_id=answers.CUSTOMER, email="no address")
    assert sentences_of(wrong) == ["[Must be one e-mail address such as name@example.com.]"]
    (in_english,) = validation.refusal_of(wrong).errors
    assert len(in_english.message) > len("Must be one e-mail address such as name@example.com.")


def test_every_sentence_of_our_validators_can_be_translated() -> None:
    """What contracts.fields raises begins with a sentence that is marked."""
    raised = re.findall(
        r"""raise ValueError\(f?(["'])(.+?)(?: \(\{error\}\))?\1\)""", inspect.getsource(fields)
    )
    texts = {f"{text[:1].upper()}{text[1:]}." for _, text in raised}
    assert len(texts) > 5
    assert texts - set(validation._OF_VALUES) == set()


def test_the_api_stays_english(api: FlaskClient, catalog: None, bus: ScriptedClient) -> None:
    bus.tell(ListBranches, NotFound("There is no such branch."))
    assert api.get("/api/v1/branches", headers=IN_FRENCH).get_json()["detail"] == "There is no such branch."
    answer = api.post("/api/v1/sessions", json={"username": "asha"}, headers=IN_FRENCH).get_json()
    assert answer["errors"][0]["message"] == "This field is required."


def test_an_address_that_leads_nowhere_says_so_in_the_pages_language(web: FlaskClient, catalog: None) -> None:
    page = web.get("/no-such-page", headers=IN_FRENCH).text
    assert "[This is not here, or it is not yours to see;" in page
    assert "<p>There is nothing at this address.</p>" in web.get("/no-such-page").text


def test_a_form_from_elsewhere_is_refused_in_the_pages_language(web: FlaskClient, catalog: None) -> None:
    answer = web.post("/sign-in", data=GOOD, headers={**IN_FRENCH, "Origin": "https://evil.example"})
    assert "[This form was sent from another site." in answer.text


def test_an_error_page_is_in_the_readers_language(
    web: FlaskClient, bus: ScriptedClient, catalog: None
) -> None:
    submit(web, "/sign-in", GOOD)
    bus.tell(GetCustomer, Forbidden("Your role (cashier) may not do this; ask a colleague who may."))
    web.post("/language", data={"language": "fr", "csrf_token": csrf_of(web.get("/password"))})
    page = web.get("/my/details").text
    assert "[This page is for customers; find the customer by the search.]" in page


def test_a_refused_sign_in_is_said_in_the_pages_language(
    web: FlaskClient, bus: ScriptedClient, catalog: None
) -> None:
    refusal: Refusal = Throttled("Wait 30 seconds.")
    refusal.code = "too_many_tries"
    bus.tell(SignIn, refusal)
    token = csrf_of(web.get("/sign-in"))
    answer = web.post("/sign-in", data={**GOOD, "csrf_token": token}, headers=IN_FRENCH)
    assert answer.status_code == 429
    assert "[That was wrong too often" in answer.text


def forms_of_pages(kind: type[Any] = FlaskForm) -> list[type[Any]]:
    below = [one for child in kind.__subclasses__() for one in (child, *forms_of_pages(child))]
    return [one for one in below if one.__module__.startswith("gateway.")]


def test_every_form_speaks_our_words(app: Flask) -> None:
    forms = forms_of_pages()
    assert len(forms) > 20
    assert [form.__name__ for form in forms if not issubclass(form, own_form.Form)] == []


def built_in_texts(kind: type[Any]) -> Iterator[str]:
    """What a field or validator of WTForms, or what it descends from, may say by itself."""
    for one in kind.__mro__:
        if one.__module__.startswith("wtforms."):
            for found in re.findall(r"""n?gettext\(\s*(["'])(.+?)\1""", inspect.getsource(one), re.DOTALL):
                yield " ".join(found[1].split())


OF_PROGRAMMERS = {"Choices cannot be None.", "Invalid field name '%s'."}


def test_no_form_can_say_what_a_library_wrote(english: None) -> None:
    own_sentences = set(own_form.WORDS) | OF_PROGRAMMERS
    strange: set[tuple[str, str, str]] = set()
    checked = 0
    for kind in forms_of_pages():
        for field in kind(meta={"csrf": False}):
            for part in (type(field), *(type(one) for one in field.validators)):
                texts = set(built_in_texts(part))
                checked += len(texts)
                strange |= {(kind.__name__, field.name, text) for text in texts - own_sentences}
    assert checked > 100
    assert strange == set()


def test_what_wtforms_says_by_itself_is_said_in_the_pages_language(app: Flask, catalog: None) -> None:
    class Typed(own_form.Form):
        day = DateField("Day", [InputRequired()])
        name = StringField("Name", [Length(max=3)])

    data = {"day": "31 Feb", "name": "too long"}
    with app.test_request_context("/customers", method="POST", data=data, headers=IN_FRENCH):
        form = Typed(meta={"csrf": False})
        assert not form.validate()
        assert form.day.errors[0].startswith("[This is not a day;")
        assert form.name.errors == ["[Use at most 3 characters.]"]
