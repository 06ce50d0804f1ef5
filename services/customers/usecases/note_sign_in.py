"""Write down what happened to somebody's ways of signing in."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from contracts.actor import Actor
from contracts.calls.two_step import SignInChange
from customers.two_step_tables import SignInHistory


def note_sign_in(
    session: Session, login_id: UUID, change: SignInChange, by: Actor, now: datetime, detail: str = ""
) -> None:
    """One entry of the history; `detail` names which one, where there are several."""
    session.add(
        SignInHistory(
            id=uuid4(), login_id=login_id, change=change.value, detail=detail[:200], by_subject=by.subject,
            by_name=by.name, at=now,
        )
    )  # fmt: skip
