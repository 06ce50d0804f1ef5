"""What an API token looks like: it says of itself what it is, so that a leaked one is recognised where it lies."""

from customers.domain.tokens import new_token

MARK = "hdt_"
_SHOWN = len(MARK) + 8
MOST = 20
"""So many tokens one person has at a time."""


def new_api_token() -> str:
    """A token of 256 random bits."""
    return MARK + new_token()


def is_api_token(token: str) -> bool:
    """Whether this is an API token and not a session's."""
    return token.startswith(MARK)


def prefix(token: str) -> str:
    """What of a token may be shown, to tell it from others."""
    return token[:_SHOWN]
