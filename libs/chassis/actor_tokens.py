"""The caller as a signed token: customers vouches for people, each service only for itself (DESIGN, 4)."""

import base64
import binascii
import json
from collections import OrderedDict
from datetime import timedelta

from cryptography.exceptions import InvalidSignature

from chassis.clock import Clock
from chassis.keys import KeyFolder
from contracts.actor import Actor, Role
from contracts.errors import Unauthenticated
from contracts.topology import SERVICES

LIFETIME = timedelta(minutes=5)
_CLOCKS_MAY_DIFFER = timedelta(seconds=30)


class ActorSigner:
    """Signs actors in the name of one service."""

    def __init__(self, keys: KeyFolder, service: str, clock: Clock) -> None:
        self._key, self._service, self._clock = keys.private(service), service, clock

    def sign(self, actor: Actor) -> str:
        """A token for the actor, valid for five minutes."""
        expires = (self._clock.now() + LIFETIME).timestamp()
        claims = {"iss": self._service, "exp": int(expires), "actor": actor.model_dump(mode="json")}
        payload = json.dumps(claims, separators=(",", ":")).encode()
        return f"{_encode(payload)}.{_encode(self._key.sign(payload))}"


class ActorVerifier:
    """Checks tokens with the public keys; a token seen before costs a look-up."""

    def __init__(self, keys: KeyFolder, clock: Clock, *, remember: int = 2000) -> None:
        self._keys, self._clock, self._size = keys, clock, remember
        self._seen: OrderedDict[str, tuple[float, Actor]] = OrderedDict()

    def verify(self, token: str) -> Actor:
        """The actor of a token. Raises Unauthenticated when it is forged or over."""
        known = self._seen.get(token)
        if known is None:
            known = self._check(token)
            self._seen[token] = known
            while len(self._seen) > self._size:
                self._seen.popitem(last=False)
        expires, actor = known
        if self._clock.now().timestamp() > expires + _CLOCKS_MAY_DIFFER.total_seconds():
            self._seen.pop(token, None)
            raise Unauthenticated("The caller's token is over; sign in again.")
        return actor

    def _check(self, token: str) -> tuple[float, Actor]:
        try:
            payload_text, _, signature_text = token.partition(".")
            payload = _decode(payload_text)
            claims = json.loads(payload)
            issuer = str(claims["iss"])
            if issuer not in SERVICES:
                raise ValueError(issuer)
            self._keys.public(issuer).verify(_decode(signature_text), payload)
            actor = Actor.model_validate(claims["actor"])
        except (InvalidSignature, ValueError, KeyError, TypeError, binascii.Error):
            raise Unauthenticated("The caller's token is not genuine; sign in again.") from None
        vouches_for_people = issuer == "customers"
        itself = actor.role is Role.SERVICE and actor.subject == f"service:{issuer}"
        if not itself and not (vouches_for_people and actor.role is not Role.SERVICE):
            raise Unauthenticated(f"{issuer} may not vouch for {actor.subject}.")
        return float(claims["exp"]), actor


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
