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
from contracts.errors import Forbidden, Throttled, Unauthenticated
from gateway.allowances import allowances, caller_address
from gateway.rpc import calls, spend_for_address

KEPT_SECONDS = 30.0
_BEARER = re.compile(r"^Bearer +([\x21-\x7e]{1,200})$", re.IGNORECASE | re.ASCII)

OPEN_ENDPOINTS = frozenset(
    {
        "static", "docs.static", "docs.page", "docs.document",
        "health.live", "health.ready", "health.metrics",
        "sign_in.open_session", "sign_in.complete_session", "sign_in.use_password_link",
        "sign_in.request_password_code", "sign_in.use_password_code", "sign_in.confirm_email",
        "callbacks.settle_online_payment",
        "account.sign_in", "account.second_step", "account.use_password_link", "language.choose",
        "password_reset.request_code", "password_reset.use_code", "account.confirm_email",
        "simulated_provider.show", "simulated_provider.act",
    }
)  # fmt: skip
"""Routes that anybody may call. Everything else needs a session."""

OPEN_WHILE_PASSWORD_IS_TEMPORARY = frozenset(
    {
        "me.show_me", "me.change_password", "sessions.close_session",
        "account.change_password", "account.sign_out", "account_pages.show",
    }
)  # fmt: skip
"""What a session may do that was opened with a one-time password."""


OPEN_WHILE_TWO_STEP_IS_MISSING = OPEN_WHILE_PASSWORD_IS_TEMPORARY | {
    "two_step.show", "two_step.begin", "two_step.show_secret", "two_step.confirm",
    "two_step_pages.show", "two_step_pages.begin", "two_step_pages.code", "two_step_pages.confirm",
}  # fmt: skip
"""What a session may do whose person must set two-step sign-in up first."""


FOR_PEOPLE = frozenset({"sessions", "two_step", "own_sessions", "api_tokens"})
"""Resources about how a person signs in, with which programs have nothing to do."""


class NeedsAPerson(Forbidden):
    """An API token asks for what only a person who is signed in may do."""

    code = "needs_a_person"


class TwoStepMustBeSetUp(Forbidden):
    """People of this role sign in in two steps, and this one cannot yet."""

    code = "two_step_must_be_set_up"


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


@dataclass
class _Kept:
    """An answer of CheckSession, until when it is used, and how often; `left` None: as often as one likes."""

    issued: ActorIssued
    until: float
    left: int | None


class SessionCache:
    """Answers of CheckSession by the token's hash, for 30 seconds, at most `size` of them; safe for threads.

    An answer is used as often as customers has allowed, then it is asked again; and who was refused for asking too
    often is refused here until their minute is over.
    """

    def __init__(self, size: int = 10_000, *, tick: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._tick = tick
        self._lock = Lock()
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()
        self._refused: OrderedDict[bytes, tuple[float, Throttled]] = OrderedDict()

    def get(self, token: str) -> ActorIssued | None:
        """The answer for one more request, when it is not older than 30 seconds and not used up. Raises Throttled."""
        with self._lock:
            until, refusal = self._refused.get(_digest(token), (0.0, None))
            if refusal is not None and until > self._tick():
                refusal.retry_after = max(1, int(until - self._tick()) + 1)
                raise refusal
            found = self._kept.get(_digest(token))
            if found is None or found.until <= self._tick() or found.left == 0:
                return None
            if found.left is not None:
                found.left -= 1
            return found.issued

    def keep(self, token: str, issued: ActorIssued) -> None:
        """Remember an answer of which one request is used already; the oldest gives way when there are too many."""
        allowed = issued.allowance
        seconds = KEPT_SECONDS if allowed is None else min(KEPT_SECONDS, allowed.seconds)
        with self._lock:
            before = self._kept.get(_digest(token))
            more = before.left or 0 if before is not None and before.until > self._tick() else 0
            left = None if allowed is None else more + allowed.requests - 1
            self._kept[_digest(token)] = _Kept(issued, self._tick() + seconds, left)
            self._kept.move_to_end(_digest(token))
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)

    def keep_refusal(self, token: str, refusal: Throttled) -> None:
        """Refuse this token until then, without asking."""
        with self._lock:
            self._refused[_digest(token)] = (self._tick() + (refusal.retry_after or 1), refusal)
            self._refused.move_to_end(_digest(token))
            while len(self._refused) > self._size:
                self._refused.popitem(last=False)

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
    """The caller whose session this is. Raises Unauthenticated when there is none (any more), and Throttled."""
    issued = session_cache().get(token)
    if issued is None:
        issued = _check(token)
        session_cache().keep(token, issued)
    return Caller(session_token=token, actor_token=issued.actor_token, me=issued.me)


def _check(token: str) -> ActorIssued:
    """Ask customers. Tokens that open nothing are counted by the address that they come from."""
    allowances().require_not_refused(caller_address())
    try:
        return calls().send(CheckSession(token=token))
    except Throttled as refusal:
        session_cache().keep_refusal(token, refusal)
        raise
    except Unauthenticated:
        spend_for_address()
        raise


def require_caller() -> None:
    """Before each request: put the caller into `g.caller`.

    Raises Unauthenticated, PasswordMustBeChanged, TwoStepMustBeSetUp, NeedsAPerson.
    """
    g.caller = None
    if request.endpoint is None or request.endpoint in OPEN_ENDPOINTS:
        return
    caller = identify(_bearer_token() if is_api_request() else _cookie_token())
    if caller.me.must_change_password and request.endpoint not in OPEN_WHILE_PASSWORD_IS_TEMPORARY:
        raise PasswordMustBeChanged(
            "This password was for the first sign-in only. Set your own first, with POST /api/v1/me/password."
        )
    if caller.me.must_set_up_two_step and request.endpoint not in OPEN_WHILE_TWO_STEP_IS_MISSING:
        raise TwoStepMustBeSetUp(
            "People of your role sign in in two steps. Set that up first, with POST /api/v1/me/two-step."
        )
    if caller.me.scopes is not None and _is_for_people():
        raise NeedsAPerson("This is for a person who is signed in, and not for an API token.")
    g.caller = caller


def _is_for_people() -> bool:
    return request.blueprint in FOR_PEOPLE or request.endpoint == "me.change_password"


def whereabouts() -> dict[str, str]:
    """From where somebody signs in, as calls are told it."""
    return {
        "address": caller_address(),
        "user_agent": request.headers.get("User-Agent", "")[:400],
    }


def is_api_request() -> bool:
    """Whether the answer is for a program (JSON) and not for a browser (HTML)."""
    return request.path.startswith("/api/")


def signed_in() -> Caller | None:
    """The caller of a page that is open to everybody, when there is one. Raises Unavailable, Throttled."""
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
