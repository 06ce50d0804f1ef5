"""Secrets inside events: sealed with AES-GCM so that only customers and notify can open them."""

import base64
import os
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contracts.errors import RuleBroken
from contracts.events import SealedSecret


class SecretUnreadable(RuleBroken):
    """The sealed secret was made with another key, or altered."""

    code = "secret_unreadable"


def seal(key: AESGCM, secret: str, purpose: str, expires_at: datetime) -> SealedSecret:
    """Seal a secret for one purpose; opening it for another purpose fails."""
    nonce = os.urandom(12)
    sealed = nonce + key.encrypt(nonce, secret.encode(), purpose.encode())
    return SealedSecret(sealed=base64.b64encode(sealed).decode(), expires_at=expires_at)


def unseal(key: AESGCM, secret: SealedSecret, purpose: str) -> str:
    """The secret in clear. Raises SecretUnreadable."""
    raw = base64.b64decode(secret.sealed)
    try:
        return key.decrypt(raw[:12], raw[12:], purpose.encode()).decode()
    except InvalidTag:
        raise SecretUnreadable("The secret cannot be opened with this installation's key.") from None
