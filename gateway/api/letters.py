"""The words of e-mails, which an operator may replace, and the mail server."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from flask import Response
from pydantic import AfterValidator, BaseModel, Field

from contracts.calls import letters, mail_server
from contracts.calls.mail_server import MailOutcome
from contracts.fields import Name, many_lines, one_line
from gateway.api.resource import answer, resource
from gateway.api.shapes import Body, Locale, Parameters, Query, Whole
from gateway.rpc import ask

api = resource("letters", "letters", "The words of e-mails, in each language and branch, and the mail server")

LetterText = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(many_lines)]


class LetterPath(Parameters):
    """Which e-mail, in which language."""

    template: Annotated[str, Field(max_length=40, pattern=r"^[a-z_]+$")]
    locale: Annotated[str, Field(max_length=20), AfterValidator(one_line)]


class LettersQuery(Query):
    """In which language the standard subjects are shown."""

    locale: Locale = "en"


class BranchQuery(Query):
    """For which branch; without one: for all."""

    branch_id: UUID | None = None


class ResetQuery(BranchQuery):
    """What is to go back to the standard text; `version` is the one that was read."""

    version: Annotated[int, Field(ge=0)]


class OwnWordsView(BaseModel):
    """Where own words hold."""

    locale: str
    branch_id: UUID | None
    changed_by: str
    changed_at: datetime


class LetterSummaryView(BaseModel):
    """A kind of e-mail."""

    template: str
    subject: str
    own_words: list[OwnWordsView]


class LetterListView(BaseModel):
    """Every kind of e-mail."""

    items: list[LetterSummaryView]


class PlaceholderView(BaseModel):
    """What stands for a value: `{name}`. A list has a line to itself; an essential one must be there."""

    name: str
    example: str
    is_list: bool
    is_essential: bool


class WordingView(BaseModel):
    """A version; without a subject somebody went back to the standard text."""

    version: int
    subject: str | None
    body: str | None
    changed_by: str
    changed_at: datetime


class LetterWordsView(BaseModel):
    """The words of an e-mail. `is_own`: written for just this place; `is_common`: those for all branches hold."""

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
    placeholders: list[PlaceholderView]
    history: list[WordingView]

    @classmethod
    def of(cls, letter: letters.LetterView) -> Self:
        """From the call's answer."""
        return cls.model_validate(letter.model_dump())


class LetterBody(Body):
    """New words; `version` is the one that was read, 0 when nobody has written yet."""

    branch_id: UUID | None = None
    subject: Name
    body: LetterText
    version: Annotated[Whole, Field(ge=0)]


class PreviewBody(Body):
    """Words to look at; without them those that are sent now."""

    branch_id: UUID | None = None
    subject: Name | None = None
    body: LetterText | None = None


class PreviewView(BaseModel):
    """An e-mail as it would look, about made-up people."""

    subject: str
    text: str
    html: str


class MailServerView(BaseModel):
    """How mail leaves the house; the password is never told. Without a host mails are files in `folder`."""

    host: str | None
    port: int
    security: str
    username: str
    sender: str
    per_minute: int
    folder: str | None


class TestMailBody(Body):
    """In which language the test mail is."""

    locale: Locale = "en"


class MailTestedView(BaseModel):
    """What became of the test mail, in the mail server's own words."""

    outcome: MailOutcome
    answer: str
    recipient: str
    seconds: float


@api.get("/letters", responses={200: LetterListView})
def list_letters(query: LettersQuery) -> Response:
    """Every kind of e-mail (operator admin)."""
    found = ask(letters.ListLetters(locale=query.locale))
    return answer(LetterListView.model_validate(found.model_dump()))


@api.get("/letters/<template>/<locale>", responses={200: LetterWordsView})
def show_letter(path: LetterPath, query: BranchQuery) -> Response:
    """The words of an e-mail, with what they may hold and their versions."""
    request = letters.GetLetter(template=path.template, locale=path.locale, branch_id=query.branch_id)
    return answer(LetterWordsView.of(ask(request)))


@api.put("/letters/<template>/<locale>", responses={200: LetterWordsView})
def change_letter(path: LetterPath, body: LetterBody) -> Response:
    """Replace the words of an e-mail."""
    request = letters.ChangeLetter(template=path.template, locale=path.locale, **body.model_dump())
    return answer(LetterWordsView.of(ask(request)))


@api.delete("/letters/<template>/<locale>", responses={200: LetterWordsView})
def reset_letter(path: LetterPath, query: ResetQuery) -> Response:
    """Go back to the standard text; of a branch, to the words for all."""
    request = letters.ResetLetter(template=path.template, locale=path.locale, **query.model_dump())
    return answer(LetterWordsView.of(ask(request)))


@api.post("/letters/<template>/<locale>/preview", responses={200: PreviewView})
def preview_letter(path: LetterPath, body: PreviewBody) -> Response:
    """How an e-mail would look."""
    request = letters.PreviewLetter(template=path.template, locale=path.locale, **body.model_dump())
    return answer(PreviewView.model_validate(ask(request).model_dump()))


@api.get("/mail-server", responses={200: MailServerView})
def show_mail_server() -> Response:
    """The settings of the mail server in force (operator admin)."""
    return answer(MailServerView.model_validate(ask(mail_server.GetMailServer()).model_dump()))


@api.post("/mail-server/test", responses={200: MailTestedView})
def test_mail_server(body: TestMailBody) -> Response:
    """Send a mail to your own address at once, and say what the mail server answered."""
    tested = ask(mail_server.SendTestMail(locale=body.locale))
    return answer(MailTestedView.model_validate(tested.model_dump()))
