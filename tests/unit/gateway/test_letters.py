"""The words of e-mails on pages and in the API: written, looked at in a frame of its own, and taken back."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contracts.actor import Role
from contracts.calls.customers import BranchList, ListBranches
from contracts.calls.letters import (
    ChangeLetter,
    GetLetter,
    LetterList,
    LetterPreview,
    LetterSummary,
    LetterView,
    ListLetters,
    OwnWords,
    Placeholder,
    PreviewLetter,
    ResetLetter,
    WordingVersion,
)
from contracts.calls.mail_server import GetMailServer, MailOutcome, MailServerView, MailTested, SendTestMail
from contracts.errors import Conflict, FieldError, NotFound, RuleBroken, Throttled
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import ScriptedClient
from tests.unit.gateway.test_pages import csrf_of, submit
from tests.unit.gateway.test_settings import browser

ONE, API = "/settings/letters/dues_outstanding/pl", "/api/v1/letters/dues_outstanding/pl"
WORDS = {"subject": "Dear {name}", "body": "Please pay {total}", "version": "3", "branch": ""}


def a_letter(**changed: Any) -> LetterView:
    version = WordingVersion(
        version=3, subject="S", body="B <i>", changed_by="Asha <b>", changed_at=answers.AT
    )
    return LetterView(
        template="dues_outstanding", locale="pl", branch_id=None, subject="Drogi {name}", body="Prosimy, {name}",
        is_own=True, is_common=False, standard_subject="Standard {total}", standard_body="Text", version=3,
        placeholders=(Placeholder(name="name", example="Asha & Co", is_list=False, is_essential=False),),
        history=(version,),
    ).model_copy(update=changed)  # fmt: skip


@pytest.fixture
def admin(make_app: Callable[..., Flask], bus: ScriptedClient) -> FlaskClient:
    own = OwnWords(locale="fr", branch_id=answers.BRANCH, changed_by="Asha", changed_at=answers.AT)
    summary = LetterSummary(template="dues_outstanding", subject="Reminder: {total} is due", own_words=(own,))
    other = answers.branch("EAST", answers.OTHER_BRANCH)
    bus.tell(ListBranches, BranchList(items=(answers.branch(), other), next=None))
    bus.tell(ListLetters, LetterList(items=(summary,)))
    for call in (GetLetter, ChangeLetter, ResetLetter):
        bus.tell(call, a_letter())
    bus.tell(PreviewLetter, LetterPreview(subject="S", text="T", html="<!doctype html><h1>Hello</h1>"))
    bus.tell(GetMailServer, MailServerView(host="mail.example.com", port=587, security="starttls", username="headend",
                                           sender="Headend <h@example.com>", per_minute=600, folder=None))  # fmt: skip
    return browser(make_app, bus, Role.ADMIN)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CASHIER, Role.CUSTOMER])
@pytest.mark.parametrize("path", ["/settings/letters", ONE, f"{ONE}/preview", "/settings/mail-server"])
def test_only_the_operator_admin_gets_there(
    make_app: Callable[..., Flask], bus: ScriptedClient, role: Role, path: str
) -> None:
    assert browser(make_app, bus, role).get(path).status_code == 403


def test_the_list_leads_to_every_language_and_to_own_words(admin: FlaskClient) -> None:
    page = admin.get("/settings/letters").text
    assert "Reminder of dues" in page and page.count("/settings/letters/dues_outstanding/") == 7
    assert f"/settings/letters/dues_outstanding/fr?branch={answers.BRANCH}" in page


def test_the_editor_names_the_placeholders_and_the_versions(admin: FlaskClient) -> None:
    page = admin.get(ONE).text
    assert "<code>{name}</code>" in page and "Asha &amp; Co" in page
    assert "B &lt;i&gt;" in page and "Asha &lt;b&gt;" in page


def test_words_are_kept_for_the_branch_and_version_that_were_read(
    admin: FlaskClient, bus: ScriptedClient
) -> None:
    answer = submit(admin, ONE, {**WORDS, "branch": str(answers.BRANCH)})
    assert answer.headers["Location"] == f"{ONE}?branch={answers.BRANCH}"
    asked = bus.last(ChangeLetter)
    assert (asked.branch_id, asked.version, asked.locale) == (answers.BRANCH, 3, "pl")


def test_an_unknown_placeholder_is_refused_beside_the_text_and_what_was_typed_stays(
    admin: FlaskClient, bus: ScriptedClient
) -> None:
    sentence = "There is no {nope} here. This e-mail offers {name}."
    bus.tell(
        ChangeLetter, RuleBroken(sentence, errors=[FieldError(field="body", code="x", message=sentence)])
    )
    page = submit(admin, ONE, {**WORDS, "body": "Mine {nope}"})
    assert (
        page.status_code == 422 and f'id="body-error">{sentence}' in page.text and "Mine {nope}" in page.text
    )


def test_somebody_elses_newer_words_are_not_overwritten(admin: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(ChangeLetter, Conflict("Ravi has changed this text since you opened it; load the page again."))
    page = submit(admin, ONE, WORDS)
    assert page.status_code == 409 and "Ravi has changed" in page.text and "Please pay {total}" in page.text
    assert 'name="version" type="hidden" value="3"' in page.text


def test_a_subject_of_two_lines_never_leaves_the_page(admin: FlaskClient, bus: ScriptedClient) -> None:
    assert submit(admin, ONE, {**WORDS, "subject": "a\r\nBcc: x@example.com"}).status_code == 422
    assert bus.count(ChangeLetter) == 0


def test_a_preview_stands_in_a_frame_that_may_do_nothing(admin: FlaskClient, bus: ScriptedClient) -> None:
    editor = admin.get(ONE)
    assert "frame-src 'self'" in editor.headers["Content-Security-Policy"]
    assert '<iframe class="paper" name="preview" sandbox' in editor.text
    answer = admin.get(f"{ONE}/preview")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "script" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert bus.last(PreviewLetter).subject is None


def test_other_pages_show_no_frames_and_are_shown_in_none(admin: FlaskClient) -> None:
    answer = admin.get("/settings/letters")
    assert "frame-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_what_is_typed_can_be_looked_at_before_it_is_kept(admin: FlaskClient, bus: ScriptedClient) -> None:
    token = csrf_of(admin.get(ONE))
    answer = admin.post(f"{ONE}/preview?as=text", data={**WORDS, "csrf_token": token})
    assert answer.mimetype == "text/plain" and answer.text == "S\n\nT"
    assert bus.last(PreviewLetter).body == "Please pay {total}" and bus.count(ChangeLetter) == 0


def test_a_preview_that_is_refused_says_why_without_markup(admin: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(PreviewLetter, RuleBroken("There is no {<script>} here."))
    assert "&lt;script&gt;" in admin.get(f"{ONE}/preview").text


def test_own_words_are_set_aside(admin: FlaskClient, bus: ScriptedClient) -> None:
    token = csrf_of(admin.get(ONE))
    data = {"csrf_token": token, "version": "3", "branch": str(answers.BRANCH)}
    assert admin.post(f"{ONE}/standard", data=data).status_code == 303
    assert (bus.last(ResetLetter).version, bus.last(ResetLetter).branch_id) == (3, answers.BRANCH)


@pytest.mark.parametrize("path", ["/settings/letters/UPPER/pl", "/settings/letters/dues_outstanding/xx"])
def test_a_letter_that_cannot_be_is_not_found(admin: FlaskClient, path: str) -> None:
    assert admin.get(path).status_code == 404


def test_a_letter_that_does_not_exist_is_not_found(admin: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetLetter, NotFound("There is no such e-mail."))
    assert admin.get(ONE).status_code == 404


def test_the_mail_server_is_shown_without_its_password(admin: FlaskClient) -> None:
    page = admin.get("/settings/mail-server").text
    assert "mail.example.com:587" in page and "STARTTLS" in page


@pytest.mark.parametrize("outcome", list(MailOutcome))
def test_a_test_says_what_the_server_answered(
    admin: FlaskClient, bus: ScriptedClient, outcome: MailOutcome
) -> None:
    tested = MailTested(outcome=outcome, answer="250 <ok> queued", recipient="me@example.com", seconds=0.4)
    bus.tell(SendTestMail, tested)
    page = submit(admin, "/settings/mail-server", {})
    assert page.status_code == 200 and "250 &lt;ok&gt; queued" in page.text


def test_a_test_too_soon_is_told(admin: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(SendTestMail, Throttled("A test mail was sent just now; wait a moment."))
    page = submit(admin, "/settings/mail-server", {})
    assert page.status_code == 429 and "wait a moment" in unescape(page.text)


def test_the_api_reads_writes_previews_and_resets(
    api: FlaskClient, bus: ScriptedClient, admin: FlaskClient
) -> None:
    assert api.get("/api/v1/letters?locale=fr").get_json()["items"][0]["own_words"][0]["locale"] == "fr"
    assert api.get(f"{API}?branch_id={answers.BRANCH}").get_json()["version"] == 3
    body = {"subject": "S", "body": "One\nTwo", "version": 3}
    assert api.put(API, json=body).status_code == 200 and bus.last(ChangeLetter).body == "One\nTwo"
    assert api.put(API, json={**body, "subject": "a\nb"}).status_code == 422
    assert api.post(f"{API}/preview", json={}).get_json()["text"] == "T"
    assert api.delete(f"{API}?version=3").status_code == 200 and bus.last(ResetLetter).version == 3
    assert "password" not in api.get("/api/v1/mail-server").get_json()
    bus.tell(
        SendTestMail, MailTested(outcome=MailOutcome.SENT, answer="250 ok", recipient="me@x.org", seconds=0.1)
    )
    assert api.post("/api/v1/mail-server/test", json={"locale": "fa"}).get_json()["outcome"] == "sent"
    assert bus.last(SendTestMail).locale == "fa"
