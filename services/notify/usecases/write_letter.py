"""Replace the words of a letter, or go back to the standard ones; every change is kept with who made it."""

from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.audit import about
from chassis.clock import Clock
from chassis.database import lock_key
from contracts.actor import Actor, Right
from contracts.calls.letters import ChangeLetter, ResetLetter
from contracts.errors import Forbidden, NotFound
from notify.domain.own_words import check_body, check_subject
from notify.domain.refusals import NoSuchLetter, WordsChangedMeanwhile
from notify.domain.wording import LANGUAGES
from notify.letter_offers import offer_of
from notify.letters import LETTERS
from notify.tables import BranchCopy, Wording

_LOCK = 0x574F5244  # any number, the same in every replica


def change_letter(session: Session, request: ChangeLetter, actor: Actor, clock: Clock) -> None:
    """Write a new version. Raises NotFound, Forbidden and what contracts.calls.letters.ChangeLetter names."""
    may_write(session, actor, request.template, request.locale, request.branch_id)
    body = "\n".join(request.body.splitlines())
    offer = offer_of(request.template)
    check_subject(request.subject, offer)
    check_body(body, offer)
    _write(session, request, actor, clock, request.subject, body)


def reset_letter(session: Session, request: ResetLetter, actor: Actor, clock: Clock) -> None:
    """Write down that the standard words hold again; nothing when they do already. Raises as change_letter."""
    may_write(session, actor, request.template, request.locale, request.branch_id)
    now = current(session, request.template, request.locale, request.branch_id)
    if now is not None and now.subject is not None:
        _write(session, request, actor, clock, None, None)


def may_write(session: Session, actor: Actor, template: str, locale: str, branch_id: UUID | None) -> None:
    """Raises NotFound for a branch that is hidden or unknown, Forbidden, NoSuchLetter."""
    if branch_id is not None:
        actor.require_branch(branch_id, "branch")
    actor.require(Right.MANAGE_LETTERS)
    if branch_id is None and actor.branch_ids is not None:
        raise Forbidden("Words for all branches are written by those who manage all of them.")
    if branch_id is not None and session.get(BranchCopy, branch_id) is None:
        raise NotFound("There is no such branch.")
    if template not in LETTERS or locale not in LANGUAGES:
        raise NoSuchLetter("There is no such e-mail.")


def current(session: Session, template: str, locale: str, branch_id: UUID | None) -> Wording | None:
    """The newest version at just this place."""
    here = (Wording.template == template, Wording.locale == locale, Wording.branch_id == branch_id)
    return session.scalars(select(Wording).where(*here, Wording.is_current)).one_or_none()


def _write(
    session: Session, request: ChangeLetter | ResetLetter, actor: Actor, clock: Clock, subject: str | None,
    body: str | None,
) -> None:  # fmt: skip
    lock_key(session, _LOCK)
    before = current(session, request.template, request.locale, request.branch_id)
    version = before.version if before else 0
    what = f"{request.template}/{request.locale}"
    about(session, "letter", what, branch_id=request.branch_id, version=version + 1)
    if request.version != version:
        who = before.changed_by if before else "Somebody"
        raise WordsChangedMeanwhile(
            f"{who} has changed this text since you opened it; load the page again and look."
        )
    if before is not None:
        session.execute(update(Wording).where(Wording.id == before.id).values(is_current=False))
    session.add(
        Wording(
            id=uuid4(), template=request.template, locale=request.locale, branch_id=request.branch_id,
            version=version + 1, is_current=True, subject=subject, body=body, changed_by=actor.name,
            changed_at=clock.now(),
        )
    )  # fmt: skip
    session.flush()
