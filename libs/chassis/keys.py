"""Signing keys (Ed25519, one per service), the sealing key and field keys, as files of mode 0600 in one folder.

A process is given only what it needs (NEEDED): its own private key, customers the field keys too, and everybody the
public keys.
"""

import hmac
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from chassis.clock import Clock
from chassis.field_keys import IN_FORCE_AFTER, FieldKey, FieldKeys, new_field_key, read_field_keys
from chassis.files import write_whole
from chassis.settings import WrongSetting

SEALING = "sealing.key"
PAYMENTS = "simulated-provider.key"
COOKIES = "gateway-cookies.key"
FIELDS = "fields-*.key"
NEEDED: dict[str, tuple[str, ...]] = {
    "customers": ("customers.key", SEALING, FIELDS),
    "billing": ("billing.key", PAYMENTS),
    "notify": ("notify.key", SEALING),
    "reports": ("reports.key",),
    "gateway": (COOKIES, PAYMENTS),
}
"""The keys of each process, beside everybody's .pub files."""


class KeyFolder:
    """The keys that lie in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make_missing(self, services: tuple[str, ...]) -> None:
        """Make every key that is not there yet (embedded mode, `headend keys`). Raises WrongSetting."""
        try:
            self._make_missing(services)
        except OSError as error:
            raise WrongSetting(
                f"The folder of keys, {self.folder}, cannot be written ({error.strerror}); set HEADEND_KEYS to another."
            ) from None

    def _make_missing(self, services: tuple[str, ...]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for service in services:
            if not (self.folder / f"{service}.key").exists():
                private = Ed25519PrivateKey.generate()
                raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
                public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
                _write(self.folder / f"{service}.pub", public.hex())
                _write(self.folder / f"{service}.key", raw.hex())
        for name in (SEALING, PAYMENTS, COOKIES):
            if not (self.folder / name).exists():
                _write(self.folder / name, os.urandom(32).hex())
        if not read_field_keys(self.folder):
            self._keep(new_field_key(1))

    def give(self, folder: Path) -> None:
        """Copy into `folder`/PROCESS what each process needs; take away what it needs no more. Raises WrongSetting."""
        for process, needed in NEEDED.items():
            theirs = folder / process
            wanted = {name for name in needed if name != FIELDS}
            several = ("*.pub", FIELDS) if FIELDS in needed else ("*.pub",)
            wanted |= {path.name for pattern in several for path in self.folder.glob(pattern)}
            try:
                theirs.mkdir(parents=True, exist_ok=True, mode=0o700)
                for name in wanted:
                    write_whole(theirs / name, (self.folder / name).read_bytes())
                for extra in {path.name for path in theirs.iterdir()} - wanted:
                    (theirs / extra).unlink()
            except OSError as error:
                raise WrongSetting(f"The keys cannot be given to {theirs} ({error}).") from None

    def add_field_key(self, clock: Clock) -> FieldKey:
        """Make the next field key; it encrypts when every replica has had time to read it."""
        newest = max(read_field_keys(self.folder), default=0)
        made = new_field_key(newest + 1, clock.now() + IN_FORCE_AFTER if newest else None)
        self._keep(made)
        return made

    def field_keys(self, clock: Clock) -> FieldKeys:
        """What encrypts personal fields and secrets at rest; only customers is given these keys."""
        return FieldKeys(self.folder, clock)

    def _keep(self, key: FieldKey) -> None:
        since = f" {key.since.isoformat()}" if key.since else ""
        _write(self.folder / f"fields-{key.number}.key", key.secret.hex() + since)

    def private(self, service: str) -> Ed25519PrivateKey:
        """The service's signing key. Raises WrongSetting when it is not there."""
        return Ed25519PrivateKey.from_private_bytes(self._read(f"{service}.key"))

    def public(self, service: str) -> Ed25519PublicKey:
        """The key that checks the service's signatures. Raises WrongSetting when it is not there."""
        return Ed25519PublicKey.from_public_bytes(self._read(f"{service}.pub"))

    def sealing(self) -> AESGCM:
        """The key that customers and notify share for secrets in events. Raises WrongSetting when it is not there."""
        return AESGCM(self._read(SEALING))

    def simulated_provider(self) -> bytes:
        """What billing and the simulated payment provider share. Raises WrongSetting when it is not there."""
        return self._read(PAYMENTS)

    def derived(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose, made from the sealing key. Raises WrongSetting when that is not there."""
        return hmac.new(self._read(SEALING), f"headend {purpose}".encode(), "sha256").digest()

    def _read(self, name: str) -> bytes:
        try:
            return bytes.fromhex((self.folder / name).read_text().strip())
        except (OSError, ValueError) as error:
            raise WrongSetting(
                f"The key {self.folder / name} cannot be read ({error}); set HEADEND_KEYS to the folder that "
                "`headend keys` has made."
            ) from None


def _write(path: Path, content: str) -> None:
    write_whole(path, f"{content}\n".encode())
