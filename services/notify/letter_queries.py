"""Reads of letters: their words, what they offer, and how they would look."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.actor import Actor, Right
from contracts.calls.letters import (
    GetLetter,
    LetterList,
    LetterPreview,
    LetterSummary,
    LetterView,
    ListLetters,
    OwnWords,
    Placeholder,
    PreviewLetter,
    WordingVersion,
)
from contracts.samples import BRANCH
from notify.domain.own_words import check_body, check_subject
from notify.domain.wording import language_of
from notify.letter_offers import lists_of, offer_of, sample_facts, standard_words, values_of
from notify.letters import LETTERS
from notify.tables import Wording
from notify.templating import Rendered, render_own, row_text
from notify.usecases.queue_message import branch_copy
from notify.usecases.write_letter import current, may_write
from notify.wordings import worded, wording_for

_HISTORY = 20


def list_letters(session: Session, request: ListLetters, actor: Actor) -> LetterList:
    """Every kind of e-mail. Raises Forbidden."""
    actor.require(Right.MANAGE_LETTERS)
    own: dict[str, list[OwnWords]] = defaultdict(list)
    written = select(Wording).where(Wording.is_current, Wording.subject.is_not(None))
    for row in session.scalars(written.order_by(Wording.locale)):
        if row.branch_id is None or actor.sees_branch(row.branch_id):
            own[row.template].append(OwnWords.model_validate(row, from_attributes=True))
    language = language_of(request.locale)
    return LetterList(
        items=tuple(
            LetterSummary(
                template=template, subject=standard_words(template, language)[0], own_words=tuple(own[template])
            )
            for template in LETTERS
        )
    )  # fmt: skip


def get_letter(session: Session, request: GetLetter, actor: Actor) -> LetterView:
    """The words of a letter at one place. Raises NotFound, Forbidden, NoSuchLetter."""
    may_write(session, actor, request.template, request.locale, request.branch_id)
    return letter_view(session, request.template, request.locale, request.branch_id)


def letter_view(session: Session, template: str, locale: str, branch_id: UUID | None) -> LetterView:
    """The words of a letter as those who write them see it."""
    here, holds = (
        current(session, template, locale, branch_id),
        wording_for(session, template, locale, branch_id),
    )
    subject, body = standard_words(template, locale)
    is_own = here is not None and here.subject is not None
    versions = (
        select(Wording)
        .where(Wording.template == template, Wording.locale == locale, Wording.branch_id == branch_id)
        .order_by(Wording.version.desc())
        .limit(_HISTORY)
    )
    return LetterView(
        template=template, locale=locale, branch_id=branch_id, is_own=is_own,
        subject=(holds.subject if holds else None) or subject, body=(holds.body if holds else None) or body,
        is_common=holds is not None and not is_own, standard_subject=subject, standard_body=body,
        version=here.version if here else 0, placeholders=_placeholders(template, locale),
        history=tuple(WordingVersion.model_validate(row, from_attributes=True) for row in session.scalars(versions)),
    )  # fmt: skip


def preview_letter(session: Session, request: PreviewLetter, actor: Actor) -> LetterPreview:
    """How a letter would look. Raises NotFound, Forbidden, NoSuchLetter and what is wrong with the words given."""
    may_write(session, actor, request.template, request.locale, request.branch_id)
    branch = branch_copy(session, request.branch_id) or BRANCH
    facts = sample_facts(LETTERS[request.template], request.locale, branch)
    holds = wording_for(session, request.template, request.locale, request.branch_id)
    made: Rendered
    if request.subject is None or request.body is None:
        made = worded(request.template, request.locale, facts, holds)
    else:
        offer = offer_of(request.template)
        check_subject(request.subject, offer)
        check_body(request.body, offer)
        made = render_own(
            request.subject, request.body, request.locale, facts, values_of(facts), lists_of(facts)
        )
    return LetterPreview(subject=made.subject, text=made.text, html=made.html)


def _placeholders(template: str, locale: str) -> tuple[Placeholder, ...]:
    facts, offer = sample_facts(LETTERS[template], locale), offer_of(template)
    examples = {name: value or "" for name, value in values_of(facts).items()}
    for name, rows in lists_of(facts).items():
        examples[name] = row_text(rows[0]) if rows else ""
    return tuple(
        Placeholder(
            name=name, example=example, is_list=name in offer.lists, is_essential=name in offer.essential
        )
        for name, example in sorted(examples.items())
    )
