"""Streams into files and back, encrypted for somebody's key (age) or plain."""

import os
import shutil
from collections.abc import Sequence
from io import BufferedIOBase
from pathlib import Path
from typing import IO, cast

import pyrage
from pyrage import x25519

from chassis.settings import WrongSetting

ENDING = ".age"


def recipients_of(texts: Sequence[str]) -> list[x25519.Recipient]:
    """The public keys that a backup is made for. Raises WrongSetting."""
    try:
        return [x25519.Recipient.from_str(text.strip()) for text in texts]
    except pyrage.RecipientError:
        raise WrongSetting(
            "The key to encrypt for must look like age1...; `headend backup-key FILE` makes a pair and prints it."
        ) from None


def read_identity(file: Path) -> x25519.Identity:
    """The private key in a file as `headend backup-key` and age-keygen write it. Raises WrongSetting."""
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
        return x25519.Identity.from_str(next(line for line in lines if line and not line.startswith("#")))
    except (OSError, UnicodeDecodeError, StopIteration, pyrage.IdentityError):
        raise WrongSetting(
            f"{file} holds no private key; it is a file with a line AGE-SECRET-KEY-1..., made by `headend backup-key`."
        ) from None


def write_new_identity(file: Path) -> str:
    """Make a pair of keys, the private one in a new file of mode 0600; returns the public one. Raises WrongSetting."""
    identity = x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise WrongSetting(f"{file} is there already; a key is never written over.") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(f"# public key: {public}\n{identity}\n")
    return public


def store(source: IO[bytes], target: Path, recipients: Sequence[x25519.Recipient]) -> None:
    """Write a stream into a new file of mode 0600, encrypted where there are recipients, and through to the disk."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        if recipients:
            pyrage.encrypt_io(cast(BufferedIOBase, source), file, list(recipients))
        else:
            shutil.copyfileobj(source, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())


def load(source: Path, target: IO[bytes], identity: x25519.Identity | None) -> None:
    """Write what a stored file holds into a stream. Raises WrongSetting when it cannot be decrypted."""
    with source.open("rb") as file:
        if source.suffix != ENDING:
            shutil.copyfileobj(file, target, 1 << 20)
            return
        if identity is None:
            raise WrongSetting(f"{source} is encrypted; name the file of the private key by --key-file.")
        try:
            pyrage.decrypt_io(file, cast(BufferedIOBase, target), [identity])
        except pyrage.DecryptError:
            raise WrongSetting(f"{source} cannot be decrypted with this key.") from None
