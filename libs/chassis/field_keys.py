"""Personal fields and secrets encrypted at rest: AES-GCM under numbered keys (`fields-<n>.key`) that take turns.

The newest key in force encrypts, every key decrypts. What is encrypted names its key: `2:<base64>`. It is bound to the
row and column that it was made for, so that nobody who can write to the database can show one person's number as
another's.
"""

import base64
import binascii
import os
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chassis.clock import Clock
from chassis.settings import WrongSetting
from contracts.errors import RuleBroken

IN_FORCE_AFTER = timedelta(minutes=10)
"""How long after its making a new key begins to encrypt: by then every replica has it and can read what it wrote."""
_LOOK_AGAIN = 60.0
"""Seconds after which the folder is looked at for new keys."""
_NONCE = 12


class FieldUnreadable(RuleBroken):
    """The field was encrypted with a key that is not here, for another row, or was altered."""

    code = "field_unreadable"


@dataclass(frozen=True)
class FieldKey:
    """One key; `since` None: in force as soon as it is there."""

    number: int
    secret: bytes
    since: datetime | None = None

    def in_force(self, now: datetime) -> bool:
        """Whether it may encrypt already."""
        return self.since is None or self.since <= now


def read_field_keys(folder: Path) -> dict[int, FieldKey]:
    """The keys in the folder by number. Raises WrongSetting for one that cannot be read."""
    found = {}
    for path in folder.glob("fields-*.key"):
        try:
            number = int(path.stem.removeprefix("fields-"))
            secret, *since = path.read_text().split()
            AESGCM(bytes.fromhex(secret))
            found[number] = FieldKey(
                number, bytes.fromhex(secret), datetime.fromisoformat(since[0]) if since else None
            )
        except (OSError, ValueError) as error:
            raise WrongSetting(f"The key {path} cannot be read ({error}); see `headend keys`.") from None
    return found


def new_field_key(number: int, since: datetime | None = None) -> FieldKey:
    """A fresh key."""
    return FieldKey(number, AESGCM.generate_key(256), since)


class FieldKeys:
    """Encrypts and decrypts. A key that appears in the folder while the process runs is found within a minute."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock
        self._keys: dict[int, FieldKey] = {}
        self._ciphers: dict[int, AESGCM] = {}
        self._looked = -_LOOK_AGAIN

    def encrypt(self, text: str, place: str) -> str:
        """The text encrypted for `place`, which names table, column and row; an empty text stays empty."""
        if not text:
            return ""
        number, nonce = self.newest(), os.urandom(_NONCE)
        sealed = self._ciphers[number].encrypt(nonce, text.encode(), place.encode())
        return f"{number}:{base64.b64encode(nonce + sealed).decode()}"

    def decrypt(self, sealed: str, place: str) -> str:
        """The text again. Raises FieldUnreadable."""
        if not sealed:
            return ""
        number = key_number(sealed)
        if number not in self._ciphers:
            self._look()
        try:
            raw = base64.b64decode(sealed.partition(":")[2], validate=True)
            return self._ciphers[number].decrypt(raw[:_NONCE], raw[_NONCE:], place.encode()).decode()
        except (InvalidTag, KeyError, ValueError, binascii.Error):
            raise FieldUnreadable(
                f"This is encrypted with key {number}, which does not open it here; tell the operator to look at "
                "`headend keys`."
            ) from None

    def newest(self) -> int:
        """The number of the key that encrypts now. Raises WrongSetting when there is none."""
        return self.newest_key().number

    def newest_key(self) -> FieldKey:
        """The key that encrypts now. Raises WrongSetting when there is none."""
        if time.monotonic() - self._looked > _LOOK_AGAIN:
            self._look()
        now = self._clock.now()
        usable = [key for key in self._keys.values() if key.in_force(now)]
        if not usable:
            raise WrongSetting(f"There is no fields-1.key in {self._folder}; `headend keys` makes it.")
        return max(usable, key=lambda key: key.number)

    def _look(self) -> None:
        self._keys = read_field_keys(self._folder)
        self._ciphers = {number: AESGCM(key.secret) for number, key in self._keys.items()}
        self._looked = time.monotonic()


def key_number(sealed: str) -> int:
    """The number of the key that something was encrypted with; 0 for what is not of our form."""
    number = sealed.partition(":")[0]
    return int(number) if number.isdecimal() else 0
