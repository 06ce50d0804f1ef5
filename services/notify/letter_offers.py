"""What a letter offers to those who write its words, and its standard text in their language.

Both come from the letter itself: every text among its facts is a placeholder, every list of rows a list. So a new
letter can be reworded without a line here.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from contracts.cards import BranchCard
from contracts.samples import BRANCH, SAMPLES
from notify.domain.own_words import Offer
from notify.facts import Surroundings, facts_of
from notify.letters import LETTERS, Letter
from notify.templating import render_subject, render_text

_SECRET = "kT7-pQ2m-Xw9"  # noqa: S105 - stands for one in examples, and shows where one would be
_MARK = "\x00"
_ADDRESS = "https://headend.example.com"


def sample_facts(letter: Letter, locale: str, branch: BranchCard = BRANCH) -> dict[str, Any]:
    """The facts of the letter about the made-up people of contracts.samples."""
    around = Surroundings(locale, branch, _ADDRESS, _SECRET)
    return facts_of(letter, SAMPLES[letter.event], around)


def values_of(facts: Mapping[str, Any]) -> dict[str, str | None]:
    """The facts that are placeholders: those that are a text, or none in this one letter, and the branch's name."""
    found = {name: fact for name, fact in facts.items() if fact is None or isinstance(fact, str)}
    return {**found, "branch": facts["letterhead"]["name"]}


def lists_of(facts: Mapping[str, Any]) -> dict[str, Sequence[Mapping[str, str]]]:
    """The facts that are lists of rows."""
    return {name: fact for name, fact in facts.items() if isinstance(fact, list)}


@lru_cache(maxsize=64)
def offer_of(template: str) -> Offer:
    """What can be put into the words of this letter."""
    facts = sample_facts(LETTERS[template], "en")
    values = values_of(facts)
    essential = frozenset(name for name, value in values.items() if _SECRET in (value or ""))
    return Offer(frozenset(values), frozenset(lists_of(facts)), essential)


@lru_cache(maxsize=256)
def standard_words(template: str, locale: str) -> tuple[str, str]:
    """Subject and text of the house, with placeholders where values would be."""
    facts = sample_facts(LETTERS[template], locale)
    marked: dict[str, Any] = {name: f"{{{name}}}" for name in values_of(facts)}
    for name, rows in lists_of(facts).items():
        marked[name] = [dict.fromkeys(rows[0], f"{_MARK}{name}{_MARK}")] if rows else []
    marked["letterhead"] = {"name": "{branch}", "lines": [], "tax_id": ""}
    text = render_text(template, locale, marked)
    return render_subject(template, locale, marked), "\n".join(_line(line) for line in text.splitlines())


def _line(line: str) -> str:
    """A row of a list becomes the list's placeholder."""
    return f"{{{line.split(_MARK)[1]}}}" if _MARK in line else line
