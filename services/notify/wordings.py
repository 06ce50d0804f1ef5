"""Which words hold for a letter: those of the branch, else those for all branches, else the standard ones."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis.logs import logger
from notify.domain.own_words import ValueMissing
from notify.domain.wording import language_of
from notify.letter_offers import lists_of, values_of
from notify.tables import Wording
from notify.templating import Rendered, render, render_own

log = logger(__name__)


def wording_for(session: Session, template: str, locale: str, branch_id: UUID | None) -> Wording | None:
    """The own words that hold for a letter of this branch; None for the standard ones."""
    mine = or_(Wording.branch_id.is_(None), Wording.branch_id == branch_id)  # "= NULL" is never true
    found = session.scalars(
        select(Wording).where(
            Wording.template == template, Wording.locale == language_of(locale), mine, Wording.is_current,
            Wording.subject.is_not(None),
        )
    ).all()  # fmt: skip
    return max(found, key=lambda wording: wording.branch_id is not None, default=None)


def worded(template: str, locale: str, facts: Mapping[str, Any], wording: Wording | None) -> Rendered:
    """The letter in own words where there are any, else in the standard ones.

    The standard ones are used too where a placeholder has no value in this one letter (a welcome without a password):
    better the house's words than a sentence with a hole in it.
    """
    if wording is None or wording.subject is None or wording.body is None:
        return render(template, locale, facts)
    try:
        return render_own(wording.subject, wording.body, locale, facts, values_of(facts), lists_of(facts))
    except ValueMissing as missing:
        log.info("own words need what this letter lacks", template=template, placeholder=str(missing))
        return render(template, locale, facts)
