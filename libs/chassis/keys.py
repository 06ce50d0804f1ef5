"""Signing keys (Ed25519, one per service) and the sealing key, as files of mode 0600 in one folder.

A process is given only what it needs: customers its private key, notify the sealing key, everybody the public keys.
"""

import hmac
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from chassis.settings import WrongSetting

SEALING = "sealing.key"
PAYMENTS = "simulated-provider.key"


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
        if not (self.folder / SEALING).exists():
            _write(self.folder / SEALING, AESGCM.generate_key(256).hex())
        if not (self.folder / PAYMENTS).exists():
            _write(self.folder / PAYMENTS, os.urandom(32).hex())

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
    made = path.with_suffix(path.suffix + ".new")
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content + "\n")
    made.replace(path)
