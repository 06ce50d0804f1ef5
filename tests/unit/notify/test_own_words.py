"""Operators write the words of their e-mails: with placeholders, nothing else, and never without what matters."""

from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.actor import Actor, Role
from contracts.calls.letters import (
    ChangeLetter,
    GetLetter,
    LetterList,
    LetterPreview,
    LetterView,
    ListLetters,
    PreviewLetter,
    ResetLetter,
)
from contracts.errors import Forbidden, NotFound, Refusal
from contracts.events import BranchChanged
from contracts.samples import BRANCH
from notify.domain.own_words import Offer, check_body, check_subject, filled
from notify.domain.refusals import (
    BraceAlone,
    NoSuchLetter,
    PlaceholderMisplaced,
    PlaceholderMissing,
    PlaceholderUnknown,
    WordsChangedMeanwhile,
)
from notify.domain.wording import LANGUAGES
from notify.letter_offers import offer_of, standard_words
from notify.letter_queries import get_letter, letter_view, list_letters, preview_letter
from notify.letters import LETTERS
from notify.usecases.write_letter import change_letter, reset_letter
from tests.unit.notify.builders import ADMIN, House, Server, dues, named, payment, staff

REMINDER, WORDS = "dues_outstanding", "Hello {name}, please pay {total}.\n\n{months}\n\nYours, {branch}"
OFFER = Offer(frozenset({"name", "link"}), frozenset({"months"}), frozenset({"link"}))


@pytest.fixture
def house(house: House) -> House:
    """One that knows the branch."""
    house.react(BranchChanged(branch=BRANCH))
    return house


def write(house: House, actor: Actor = ADMIN, **fields: Any) -> LetterView:
    wanted = {
        "template": REMINDER,
        "locale": "en",
        "subject": "Dear {name}",
        "body": WORDS,
        "version": 0,
    } | fields
    request = ChangeLetter(**wanted)
    with house.platform.database.transaction() as session:
        change_letter(session, request, actor, house.clock)
        return letter_view(session, request.template, request.locale, request.branch_id)


def reset(house: House, version: int, branch_id: UUID | None = None) -> LetterView:
    with house.platform.database.transaction() as session:
        request = ResetLetter(template=REMINDER, locale="en", branch_id=branch_id, version=version)
        reset_letter(session, request, ADMIN, house.clock)
        return letter_view(session, REMINDER, "en", branch_id)


def look(house: House, actor: Actor = ADMIN, **fields: Any) -> LetterView:
    with house.platform.database.reading() as session:
        return get_letter(session, GetLetter(**({"template": REMINDER, "locale": "en"} | fields)), actor)


def preview(house: House, **fields: Any) -> LetterPreview:
    with house.platform.database.reading() as session:
        request = PreviewLetter(**({"template": REMINDER, "locale": "en"} | fields))
        return preview_letter(session, request, ADMIN)


def listed(house: House, actor: Actor = ADMIN) -> LetterList:
    with house.platform.database.reading() as session:
        return list_letters(session, ListLetters(), actor)


def sent(house: House) -> str:
    """The text of the only mail, decoded."""
    import email
    import email.policy

    server = Server()
    house.send(server)
    (taken,) = server.taken
    mail = email.message_from_bytes(taken.content, policy=email.policy.default)
    body = mail.get_body(("plain",))
    assert body is not None
    return f"{mail['Subject']}\n{body.get_content()}".replace("\r\n", "\n")


@pytest.mark.parametrize("template", sorted(LETTERS))
@pytest.mark.parametrize("locale", LANGUAGES)
def test_the_standard_text_of_every_letter_can_be_written_as_own_words(template: str, locale: str) -> None:
    subject, body = standard_words(template, locale)
    offer = offer_of(template)
    check_subject(subject, offer)
    check_body(body, offer)
    assert "\x00" not in body and "{{" not in body


@pytest.mark.parametrize("template", sorted(LETTERS))
def test_what_a_letter_is_sent_for_is_essential(template: str) -> None:
    letter = LETTERS[template]
    assert bool(offer_of(template).essential) == bool(letter.secret_field)


def test_own_words_are_sent_with_their_values(house: House) -> None:
    write(house)
    house.react(dues())
    text = sent(house)
    assert text.startswith("Dear Asha Rao\nHello Asha Rao, please pay ₹500.00.")
    assert "October 2026, Cable TV: ₹250.00\nNovember 2026, Cable TV: ₹250.00" in text


def test_words_of_the_branch_win_over_those_for_all(house: House) -> None:
    write(house, body="For all: {name}")
    write(house, body="For this branch: {name}", branch_id=BRANCH.id)
    house.react(dues())
    assert "For this branch: Asha Rao" in sent(house)


def test_words_of_one_language_are_not_for_another(house: House) -> None:
    write(house, locale="fr", body="Bonjour {name}")
    house.react(dues())
    assert "Bonjour" not in sent(house)


def test_the_standard_text_comes_back_and_the_history_stays(house: House) -> None:
    write(house)
    house.clock.move(timedelta(days=1))
    view = reset(house, version=1)
    assert (view.is_own, view.version, view.body) == (False, 2, view.standard_body)
    assert [(one.version, one.subject, one.changed_by) for one in view.history] == [
        (2, None, "Admin"), (1, "Dear {name}", "Admin"),
    ]  # fmt: skip
    house.react(dues())
    assert "Dear Asha Rao,\n\n₹500.00 of your account" in sent(house)


def test_without_own_words_of_the_branch_those_for_all_are_shown(house: House) -> None:
    write(house, body="For all: {name}")
    view = look(house, branch_id=BRANCH.id)
    assert (view.body, view.is_own, view.is_common, view.version) == ("For all: {name}", False, True, 0)


def test_going_back_twice_is_going_back_once(house: House) -> None:
    assert reset(house, version=0).version == 0


def test_who_read_an_older_text_does_not_overwrite_a_newer_one(house: House) -> None:
    write(house)
    with pytest.raises(WordsChangedMeanwhile):
        write(house, body="Mine: {name}")
    assert write(house, body="Mine: {name}", version=1).version == 2


def test_a_placeholder_that_is_not_offered_is_refused_and_the_others_are_named(house: House) -> None:
    with pytest.raises(PlaceholderUnknown) as refusal:
        write(house, body="Hello {nmae}")
    assert "{name}" in refusal.value.message and "{months}" in refusal.value.message
    assert refusal.value.errors[0].field == "body"


@pytest.mark.parametrize("template", ["customer_registered", "password_link_issued"])
def test_a_letter_without_what_it_is_sent_for_is_refused(house: House, template: str) -> None:
    with pytest.raises(PlaceholderMissing):
        write(house, template=template, subject="Hello", body="Hello {name}")


@pytest.mark.parametrize("subject", ["{link}", "{months}", "Hi {name} {months}"])
def test_secrets_and_lists_are_not_for_subjects(subject: str) -> None:
    with pytest.raises(PlaceholderMisplaced):
        check_subject(subject, OFFER)


def test_a_list_has_a_line_to_itself() -> None:
    check_body("{link}\n  {months}\nbye", OFFER)
    with pytest.raises(PlaceholderMisplaced):
        check_body("{link}\nMonths: {months}", OFFER)


@pytest.mark.parametrize(
    "body",
    ["{link} {", "}{link}", "{link} {{name}}", "{link} {name.__class__}", "{link} {0}", "{link} {% for x in y %}",
     "{link} {name!r}", "{link} {na\nme}", "{link} {Name}", "{link} {name:>9999999999}"],
)  # fmt: skip
def test_nothing_but_a_word_stands_in_braces(body: str) -> None:
    with pytest.raises(BraceAlone):
        check_body(body, OFFER)


def test_jinja_in_own_words_is_only_text(house: House) -> None:
    with pytest.raises(BraceAlone):
        write(house, body="{{ 7*7 }}")


@given(st.text(max_size=60), st.text(max_size=30))
def test_what_people_are_called_is_never_a_placeholder(words: str, name: str) -> None:
    try:
        check_body(f"{words} {{link}}", OFFER)
    except Refusal:
        return
    assert filled("<{name}>", {"name": "{link}" + name, "link": "secret"}) == "<{link}" + name + ">"


@pytest.mark.parametrize("subject", ["a\r\nBcc: x@example.com", "a\nb", "\x00", " ", "a\u2028b"])
def test_a_subject_is_one_line(subject: str) -> None:
    with pytest.raises(ValidationError):
        ChangeLetter(template=REMINDER, locale="en", subject=subject, body="x", version=0)


def test_a_value_with_a_line_end_stays_in_its_header(house: House) -> None:
    write(house)
    house.react(dues(named("Asha\r\nBcc: x@example.com")))
    server = Server()
    house.send(server)
    assert b"\r\nBcc:" not in server.taken[0].content.split(b"\r\n\r\n")[0]


def test_html_of_own_words_is_escaped(house: House) -> None:
    made = preview(house, subject="<b>{name}", body="<script>alert(1)</script>\n{months}")
    assert "<script>" not in made.html and "&lt;script&gt;" in made.html and "<b>" not in made.html
    assert "<script>alert(1)</script>" in made.text


def test_a_preview_shows_the_list_in_text_and_html(house: House) -> None:
    made = preview(house, subject="S", body=WORDS, branch_id=BRANCH.id)
    assert "November 2026" in made.text and "November 2026" in unescape(made.html)


def test_a_preview_of_what_is_sent_now_needs_no_words(house: House) -> None:
    assert "₹500.00 is due" in preview(house).subject
    write(house)
    assert preview(house).subject == "Dear Asha Rao"


def test_a_welcome_without_a_password_falls_back_to_the_standard_words(house: House) -> None:
    write(house, template="customer_registered", body="Own words, {password}", subject="Own")
    welcome = house.sealed_welcome().model_copy(update={"password": None})
    house.react(welcome)
    text = sent(house)
    assert "Own words" not in text and "ask your branch" in text


def test_a_payment_in_own_words_still_carries_its_invoice(house: House) -> None:
    write(house, template="payment_made", subject="Thanks", body="Thanks {name}\n{lines}")
    house.react(payment())
    server = Server()
    house.send(server)
    assert b"application/pdf" in server.taken[0].content and b"Thanks" in server.taken[0].content


def test_the_list_says_where_own_words_hold(house: House) -> None:
    write(house, branch_id=BRANCH.id)
    found = {item.template: item for item in listed(house).items}
    assert set(found) == set(LETTERS) and found[REMINDER].subject == "Reminder: {total} is due"
    assert [(one.locale, one.branch_id) for one in found[REMINDER].own_words] == [("en", BRANCH.id)]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CASHIER, Role.SUPPORT, Role.TECHNICIAN])
def test_only_the_operator_admin_writes_letters(house: House, role: Role) -> None:
    actor = staff(role, BRANCH.id)
    for act in (lambda: listed(house, actor), lambda: look(house, actor), lambda: write(house, actor)):
        with pytest.raises(Forbidden):
            act()


def test_letters_and_branches_that_do_not_exist_are_not_found(house: House) -> None:
    with pytest.raises(NoSuchLetter):
        look(house, template="nothing")
    with pytest.raises(NoSuchLetter):
        look(house, locale="xx")
    with pytest.raises(NotFound):
        look(house, branch_id=uuid4())
