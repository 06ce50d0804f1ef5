from html import unescape
from html.parser import HTMLParser
from typing import Any, cast

import pytest
from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError

from contracts.cards import PaymentMode, ReminderStage
from contracts.events import DuesOutstanding, PaymentMade
from contracts.samples import BRANCH, SAMPLES
from notify.domain.wording import LANGUAGES, direction
from notify.facts import Surroundings, facts_of
from notify.letters import LETTERS
from notify.templating import _ENVIRONMENT, Rendered, render, words_of
from tests.unit.notify.builders import SAMPLE_OF_TEMPLATE, named, payment

EVIL = '"><svg/onload=alert(1)>{{7*7}}{% raw %}'
every_letter = pytest.mark.parametrize("template", sorted(LETTERS))
every_language = pytest.mark.parametrize("locale", LANGUAGES)


def facts(template: str, locale: str = "en", event: Any = None, secret: str = "s3cret-Xy") -> dict[str, Any]:
    around = Surroundings(locale, BRANCH, "https://tv.example.com", secret)
    return facts_of(LETTERS[template], event or SAMPLE_OF_TEMPLATE[template], around)


def made(template: str, locale: str = "en", event: Any = None) -> Rendered:
    return render(template, locale, facts(template, locale, event))


class Tags(HTMLParser):
    """Which elements and attributes an HTML text has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@every_letter
@every_language
def test_every_letter_is_written_in_every_language(template: str, locale: str) -> None:
    rendered = made(template, locale)
    assert rendered.subject and "\n" not in rendered.subject
    assert len(rendered.text) > 150 and len(rendered.html) > 1000
    assert Tags(rendered.html).found[0] == (
        "html",
        {"lang": locale.replace("_", "-"), "dir": direction(locale)},
    )


@every_letter
@pytest.mark.parametrize("locale", LANGUAGES[1:])
def test_no_language_borrows_from_english(template: str, locale: str) -> None:
    assert made(template, locale).subject != made(template, "en").subject


@every_letter
@every_language
def test_text_and_html_say_the_same(template: str, locale: str) -> None:
    """The values that matter are in both."""
    values = facts(template, locale)
    rendered = made(template, locale)
    for name in ("username", "amount", "total", "invoice_number", "periods", "password"):
        if values.get(name):
            assert values[name] in rendered.text and values[name] in unescape(rendered.html), name


@every_letter
@every_language
def test_what_people_type_is_never_markup_or_a_template(template: str, locale: str) -> None:
    sample = SAMPLE_OF_TEMPLATE[template]
    changed: dict[str, Any] = {"customer": named(EVIL, crf="1001")}
    if hasattr(sample, "name"):
        changed["name"] = EVIL
    rendered = made(template, locale, sample.model_copy(update=changed))
    assert not [tag for tag, _ in Tags(rendered.html).found if tag == "svg"]
    assert "{{7*7}}" in rendered.html and "{{7*7}}" in rendered.text


def test_a_language_that_we_do_not_speak_is_written_in_english() -> None:
    assert made("dues_outstanding", "sw").text == made("dues_outstanding", "en").text


def test_a_language_of_a_country_is_that_language() -> None:
    assert made("dues_outstanding", "fr-CA").text.startswith("Bonjour")


def test_a_reminder_names_the_customer_the_amount_and_the_months() -> None:
    rendered = made("dues_outstanding", event=SAMPLES[DuesOutstanding])
    for words in ("Asha Rao", "₹500.00", "October 2026", "November 2026"):
        assert words in rendered.text and words in rendered.html


def test_a_part_of_a_month_is_called_so() -> None:
    sample = cast(PaymentMade, SAMPLES[PaymentMade])
    part = sample.invoice.lines[0].model_copy(update={"partial": True})
    event = payment(
        invoice=sample.invoice.model_copy(update={"lines": (part,)}),
        mode=PaymentMode.ONLINE,
        reference="UPI-7",
    )
    rendered = made("payment_made", event=event)
    assert "part of November 2026" in rendered.text and "UPI-7" in rendered.text


@every_letter
def test_mails_load_nothing_from_elsewhere(template: str) -> None:
    links = [
        attributes
        for tag, attributes in Tags(made(template).html).found
        if tag in ("img", "link", "script", "iframe")
    ]
    assert links == []


@every_letter
def test_the_style_is_on_the_elements_themselves(template: str) -> None:
    headings = [attributes for tag, attributes in Tags(made(template).html).found if tag == "h1"]
    assert len(headings) == 1 and "font-size" in (headings[0]["style"] or "")


def test_a_template_that_names_what_nobody_gave_fails() -> None:
    with pytest.raises(UndefinedError):
        _ENVIRONMENT.from_string("{{ nobody }}").render()


def test_a_template_reaches_nothing_behind_its_facts() -> None:
    with pytest.raises(SecurityError):
        _ENVIRONMENT.from_string("{{ ''.__class__.__mro__ }}").render()


@every_language
def test_every_language_has_the_same_small_words(locale: str) -> None:
    english, words = words_of("en"), words_of(locale)
    assert words.keys() == english.keys()
    for group in ("services", "modes", "fees"):
        assert words[group].keys() == english[group].keys() and all(words[group].values())
    assert "{month}" in words["part_of"]


@every_language
def test_every_stage_of_a_reminder_opens_in_words_of_its_own(locale: str) -> None:
    sample = cast(DuesOutstanding, SAMPLES[DuesOutstanding])
    said = [
        made("dues_outstanding", locale, sample.model_copy(update={"stage": stage}))
        for stage in ReminderStage
    ]
    assert len({one.subject for one in said}) == 3
    assert len({one.text.split("\n")[2] for one in said}) == 3
    assert len({one.html for one in said}) == 3
    for one in said:
        assert "500" in one.subject and "Asha Rao" in one.text and "\n\n\n" not in one.text


@every_language
def test_a_reminder_without_a_stage_is_the_friendly_one(locale: str) -> None:
    sample = cast(DuesOutstanding, SAMPLES[DuesOutstanding])
    without = made("dues_outstanding", locale, sample.model_copy(update={"stage": None}))
    assert without == made("dues_outstanding", locale, sample)
