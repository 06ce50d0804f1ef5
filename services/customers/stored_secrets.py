"""Secrets that must be read again, such as what an authenticator app was given: sealed where they are stored."""

import base64
import os
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class StoredSecrets:
    """Seals with a key that is not in the database; what is sealed for one owner opens for no other."""

    def __init__(self, key: bytes) -> None:
        self._key = AESGCM(key)

    def seal(self, secret: bytes, owner: UUID) -> str:
        """What to store."""
        nonce = os.urandom(_NONCE)
        return base64.b64encode(nonce + self._key.encrypt(nonce, secret, owner.bytes)).decode()

    def opened(self, sealed: str, owner: UUID) -> bytes:
        """The secret. Raises InvalidTag (of cryptography) for another owner's, or another key's."""
        raw = base64.b64decode(sealed)
        return self._key.decrypt(raw[:_NONCE], raw[_NONCE:], owner.bytes)
