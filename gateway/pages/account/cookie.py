"""The cookie before and after signing in."""

from flask import session

from gateway.pages.languages import CHOSEN


def fresh_cookie() -> None:
    """Forget all but the language: what an attacker may have planted before is worthless now (TRUST, check 7)."""
    language = session.get(CHOSEN)
    session.clear()
    if language is not None:
        session[CHOSEN] = language
