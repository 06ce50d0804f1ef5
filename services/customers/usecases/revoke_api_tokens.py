"""Revoke API tokens: one's own, that of a member of staff, or all of a login."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.actor import Actor, Role
from contracts.calls import Done
from contracts.calls.api_tokens import RevokeApiToken, RevokeOwnApiToken
from contracts.calls.two_step import SignInChange
from contracts.errors import NotFound
from customers.api_token_table import ApiToken
from customers.api_tokens import good_tokens
from customers.sight import login_of_staff, visible_staff
from customers.usecases.add_staff import require_may_staff
from customers.usecases.check_session import CheckedSession
from customers.usecases.note_sign_in import note_sign_in


def revoke_own_api_token(
    session: Session, checked: CheckedSession, request: RevokeOwnApiToken, clock: Clock
) -> Done:
    """Raises NotFound for one that is somebody else's, or over."""
    _revoke(session, checked.login_id, checked.person.actor(), clock, request.token_id)
    return Done()


def revoke_api_token(session: Session, request: RevokeApiToken, actor: Actor, clock: Clock) -> Done:
    """For somebody whom the actor manages. Raises NotFound, Forbidden."""
    member, branch_ids = visible_staff(session, actor, request.staff_id)
    require_may_staff(session, actor, Role(member.role), branch_ids)
    _revoke(session, login_of_staff(session, member.id).id, actor, clock, request.token_id)
    return Done()


def revoke_all_api_tokens(session: Session, login_id: UUID, by: Actor, clock: Clock) -> None:
    """What the person may do has changed: none of their tokens goes on with what it was made for."""
    _revoked(session, login_id, by, clock, None)


def _revoke(session: Session, login_id: UUID, by: Actor, clock: Clock, token_id: UUID) -> None:
    if not _revoked(session, login_id, by, clock, token_id):
        raise NotFound("There is no such token, or it opens nothing any more.")


def _revoked(session: Session, login_id: UUID, by: Actor, clock: Clock, token_id: UUID | None) -> list[str]:
    now = clock.now()
    revoking = update(ApiToken).where(good_tokens(login_id, now))
    if token_id is not None:
        revoking = revoking.where(ApiToken.id == token_id)
    purposes = list(session.scalars(revoking.values(revoked_at=now).returning(ApiToken.purpose)))
    for purpose in purposes:
        note_sign_in(session, login_id, SignInChange.API_TOKEN_REVOKED, by, now, purpose)
    return purposes
