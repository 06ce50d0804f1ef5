"""Calls of the notify service about the words of its e-mails, which an operator may replace by own ones."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.calls import Call, View
from contracts.fields import Name, Text

SERVICE = "notify"

LetterName = Annotated[str, Field(max_length=40, pattern=r"^[a-z_]+$")]
LetterLocale = Annotated[str, Field(max_length=20)]
Version = Annotated[int, Field(ge=0)]


class OwnWords(View):
    """Where own words hold: a language, and one branch or all of them (None)."""

    locale: str
    branch_id: UUID | None
    changed_by: str
    changed_at: datetime


class LetterSummary(View):
    """A kind of e-mail with its standard subject in the language asked for, and where own words hold."""

    template: str
    subject: str
    own_words: tuple[OwnWords, ...]


class LetterList(View):
    """Every kind of e-mail."""

    items: tuple[LetterSummary, ...]


class ListLetters(Call[LetterList]):
    """Every kind of e-mail that is sent (operator admin)."""

    locale: LetterLocale = "en"


class Placeholder(View):
    """What stands for a value in own words: `{name}`. A list has a line to itself; an essential one must be there."""

    name: str
    example: str
    is_list: bool
    is_essential: bool


class WordingVersion(View):
    """What was written when and by whom; without a subject somebody went back to the standard text."""

    version: int
    subject: str | None
    body: str | None
    changed_by: str
    changed_at: datetime


class LetterView(View):
    """The words of an e-mail in a language, for a branch or for all.

    `subject` and `body` are what is sent now; `is_own` says whether they were written for just this place, `is_common`
    that they are those for all branches. `version` is 0 until somebody writes.
    """

    template: str
    locale: str
    branch_id: UUID | None
    subject: str
    body: str
    is_own: bool
    is_common: bool
    standard_subject: str
    standard_body: str
    version: int
    placeholders: tuple[Placeholder, ...]
    history: tuple[WordingVersion, ...]
    """The newest twenty versions, newest first."""


class GetLetter(Call[LetterView]):
    """The words of an e-mail (operator admin). Raises NoSuchLetter."""

    template: LetterName
    locale: LetterLocale
    branch_id: UUID | None = None


class ChangeLetter(Call[LetterView]):
    """Replace the words of an e-mail. `version` is the one that was read.

    Raises NoSuchLetter, PlaceholderUnknown, PlaceholderMissing, PlaceholderMisplaced, BraceAlone,
    WordsChangedMeanwhile.
    """

    template: LetterName
    locale: LetterLocale
    branch_id: UUID | None = None
    subject: Name
    body: Annotated[Text, Field(min_length=1)]
    version: Version


class ResetLetter(Call[LetterView]):
    """Go back to the standard text (of a branch: to the words for all). Raises NoSuchLetter, WordsChangedMeanwhile."""

    template: LetterName
    locale: LetterLocale
    branch_id: UUID | None = None
    version: Version


class LetterPreview(View):
    """An e-mail as it would look, about made-up people."""

    subject: str
    text: str
    html: str


class PreviewLetter(Call[LetterPreview]):
    """How an e-mail would look: with these words, else with those that are sent now. Raises as ChangeLetter does."""

    template: LetterName
    locale: LetterLocale
    branch_id: UUID | None = None
    subject: Name | None = None
    body: Annotated[Text, Field(min_length=1)] | None = None
