"""Reading API tokens; their secrets are nowhere to be read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from contracts.actor import Scope
from contracts.calls.api_tokens import ApiTokenList, ApiTokenView
from customers.api_token_table import ApiToken


def list_api_tokens(session: Session, login_id: UUID, now: datetime) -> ApiTokenList:
    """The tokens of a login that still open something, the newest first."""
    found = session.scalars(
        select(ApiToken).where(good_tokens(login_id, now)).order_by(ApiToken.created_at.desc(), ApiToken.id)
    )
    return ApiTokenList(items=tuple(api_token_view(one) for one in found))


def api_token_view(one: ApiToken) -> ApiTokenView:
    """A token as its person and those who manage them see it."""
    return ApiTokenView(
        id=one.id, purpose=one.purpose, prefix=one.prefix, scopes=tuple(Scope(scope) for scope in one.scopes),
        created_at=one.created_at, expires_at=one.expires_at, last_used_at=one.last_used_at,
    )  # fmt: skip


def good_tokens(login_id: UUID, now: datetime) -> ColumnElement[bool]:
    """Those of the login that nobody revoked and that are not over."""
    return and_(ApiToken.login_id == login_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now)
