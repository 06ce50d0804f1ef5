"""Who calls. Every route asks for a session unless it stands in the list of open ones (TRUST, check 1).

The API knows its caller by the header `Authorization: Bearer <token>` alone; pages by a signed cookie that holds the
same kind of token. A session is exchanged for an actor token at customers, and the answer kept for at most 30 seconds.
"""

import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from flask import current_app, g, request, session

from contracts.actor import Role
from contracts.calls.customers import ActorIssued, CheckSession, Me
from contracts.errors import Forbidden, Unauthenticated
from gateway.rpc import calls

KEPT_SECONDS = 30.0
_BEARER = re.compile(r"^Bearer +([\x21-\x7e]{1,200})$", re.IGNORECASE | re.ASCII)

OPEN_ENDPOINTS = frozenset(
    {
        "static", "docs.static", "docs.page", "docs.document",
        "health.live", "health.ready", "health.metrics",
        "sign_in.open_session", "sign_in.use_password_link",
        "sign_in.request_password_code", "sign_in.use_password_code", "sign_in.confirm_email",
        "callbacks.settle_online_payment",
        "account.sign_in", "account.use_password_link", "language.choose",
        "password_reset.request_code", "password_reset.use_code", "account.confirm_email",
        "simulated_provider.show", "simulated_provider.act",
    }
)  # fmt: skip
"""Routes that anybody may call. Everything else needs a session."""

OPEN_WHILE_PASSWORD_IS_TEMPORARY = frozenset(
    {
        "me.show_me", "me.change_password", "sessions.close_session",
        "account.change_password", "account.sign_out",
    }
)  # fmt: skip
"""What a session may do that was opened with a one-time password."""


class PasswordMustBeChanged(Forbidden):
    """The session was opened with a one-time password and may do nothing else yet."""

    code = "password_must_be_changed"


@dataclass(frozen=True)
class Caller:
    """The signed-in person of this request."""

    session_token: str
    actor_token: str
    me: Me

    @property
    def is_staff(self) -> bool:
        """Whether this is one of the operator's people."""
        return self.me.role is not Role.CUSTOMER


class SessionCache:
    """Answers of CheckSession by the token's hash, for 30 seconds, at most `size` of them; safe for threads."""

    def __init__(self, size: int = 10_000, *, tick: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._tick = tick
        self._lock = Lock()
        self._kept: OrderedDict[bytes, tuple[float, ActorIssued]] = OrderedDict()

    def get(self, token: str) -> ActorIssued | None:
        """The answer when it is not older than 30 seconds."""
        with self._lock:
            found = self._kept.get(_digest(token))
        return found[1] if found and found[0] > self._tick() else None

    def keep(self, token: str, issued: ActorIssued) -> None:
        """Remember an answer; the oldest gives way when there are too many."""
        with self._lock:
            self._kept[_digest(token)] = (self._tick() + KEPT_SECONDS, issued)
            self._kept.move_to_end(_digest(token))
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)

    def forget(self, token: str) -> None:
        """Ask customers again next time."""
        with self._lock:
            self._kept.pop(_digest(token), None)

    def forget_all(self) -> None:
        """Ask customers again for everybody: somebody's sessions were ended, and whose they were is not known here.

        Other gateway processes learn it when what they keep is 30 seconds old.
        """
        with self._lock:
            self._kept.clear()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def session_cache() -> SessionCache:
    """This application's cache of sessions."""
    cache = current_app.extensions["headend.sessions"]
    assert isinstance(cache, SessionCache)  # noqa: S101 - for the type checker; create_app puts it there
    return cache


def identify(token: str) -> Caller:
    """The caller whose session this is. Raises Unauthenticated when there is none (any more)."""
    issued = session_cache().get(token)
    if issued is None:
        issued = calls().send(CheckSession(token=token))
        session_cache().keep(token, issued)
    return Caller(session_token=token, actor_token=issued.actor_token, me=issued.me)


def require_caller() -> None:
    """Before each request: put the caller into `g.caller`. Raises Unauthenticated, PasswordMustBeChanged."""
    g.caller = None
    if request.endpoint is None or request.endpoint in OPEN_ENDPOINTS:
        return
    caller = identify(_bearer_token() if is_api_request() else _cookie_token())
    if caller.me.must_change_password and request.endpoint not in OPEN_WHILE_PASSWORD_IS_TEMPORARY:
        raise PasswordMustBeChanged(
            "This password was for the first sign-in only. Set your own first, with POST /api/v1/me/password."
        )
    g.caller = caller


def is_api_request() -> bool:
    """Whether the answer is for a program (JSON) and not for a browser (HTML)."""
    return request.path.startswith("/api/")


def signed_in() -> Caller | None:
    """The caller of a page that is open to everybody, when there is one. Raises nothing but Unavailable."""
    token = session.get("token")
    if not token:
        return None
    try:
        return identify(token)
    except Unauthenticated:
        session.pop("token", None)
        return None


def _bearer_token() -> str:
    found = _BEARER.match(request.headers.get("Authorization", ""))
    if found is None:
        raise Unauthenticated(
            "Sign in with POST /api/v1/sessions and send the header Authorization: Bearer <token>."
        )
    return found.group(1)


def _cookie_token() -> str:
    token = session.get("token")
    if not isinstance(token, str) or not token:
        raise Unauthenticated("Please sign in.")
    return token
