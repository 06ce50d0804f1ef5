"""Bringing a backup back into empty databases."""

import io
import os
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pyrage import x25519

from chassis.database import Database
from chassis.migrations import migrate, migrations_of
from chassis.settings import Settings, WrongSetting
from contracts.topology import SERVICES
from deploy.backup import postgres
from deploy.backup.manifest import BackupFile, Manifest, read_manifest
from deploy.backup.sealing import load
from deploy.backup.taking import KEYS
from deploy.house import service_class
from deploy.verify.databases import listeners_first

_SQLITE = "sqlite:///"


@dataclass(frozen=True)
class Restore:
    """Where a backup comes from and goes to. `replace`: what is there may be dropped."""

    folder: Path
    settings: Settings
    identity: x25519.Identity | None = None
    replace: bool = False

    def url(self, service: str) -> str:
        """The database that a service's rows go to."""
        return self.settings.database_url(service)


def load_backup(wanted: Restore, tell: Callable[[str], None] = lambda _: None) -> Manifest:
    """Databases and keys as they were, the databases brought to the newest form. Raises WrongSetting.

    Everything is checked before the first row is touched.
    """
    manifest = read_manifest(wanted.folder)
    _check_kind(wanted, manifest)
    keys = _unpacked(wanted, manifest)
    _check_targets(wanted)
    _write_keys(wanted, keys)
    for service in listeners_first():
        _load(wanted, service, _file(manifest, service))
        database = Database(wanted.url(service), pool_size=1)
        migrate(database, migrations_of(service), service_class(service).append_only)
        database.close()
        tell(f"{service}: restored")
    return manifest


def _file(manifest: Manifest, service: str) -> BackupFile:
    found = manifest.of(service)
    if found is None:
        raise WrongSetting(f"The backup holds no database of {service}.")
    return found


def _check_kind(wanted: Restore, manifest: Manifest) -> None:
    there = "sqlite" if wanted.url("billing").startswith("sqlite") else "postgresql"
    if manifest.kind != there:
        raise WrongSetting(
            f"The backup holds {manifest.kind} databases, and the settings name {there} ones; "
            "it goes back to its own kind."
        )
    if there == "postgresql" and wanted.settings.embedded:
        raise WrongSetting(
            "Databases on PostgreSQL belong to HEADEND_MODE=real: set it, with HEADEND_AMQP_URI, so that RabbitMQ's "
            "queues can be emptied of events that the restored databases do not know."
        )
    for service in SERVICES:
        script = migrations_of(service) / "versions"
        form = _file(manifest, service).form
        if form is not None and not list(script.glob(f"{form}*.py")):
            raise WrongSetting(
                f"The database of {service} was at {form}, which this Headend does not know; restore it with the "
                f"version that made it ({manifest.headend}) or a newer one."
            )


def _check_targets(wanted: Restore) -> None:
    for service in SERVICES:
        url = wanted.url(service)
        path = Path(url.removeprefix(_SQLITE))
        full = path.exists() if url.startswith("sqlite") else postgres.tables_of(url) > 0
        if full and not wanted.replace:
            raise WrongSetting(
                f"The database of {service} is not empty; nothing was touched. Restore into empty databases, or add "
                "--replace to lose what is there."
            )
        if full and url.startswith("sqlite"):
            _require_unused(path, service)


def _require_unused(path: Path, service: str) -> None:
    """Leaving the write-ahead log is refused while anybody else has the file open."""
    with closing(sqlite3.connect(path, timeout=0)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE").fetchall()
        except sqlite3.OperationalError:
            raise WrongSetting(f"The database of {service} is in use; stop Headend first.") from None


def _load(wanted: Restore, service: str, file: BackupFile) -> None:
    url, source = wanted.url(service), wanted.folder / file.name
    if not url.startswith("sqlite"):
        if postgres.tables_of(url):
            postgres.empty(url)
        with postgres.restored(url) as stream:
            load(source, stream, wanted.identity)
        return
    path = Path(url.removeprefix(_SQLITE))
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_suffix(".restoring")
    with made.open("wb") as stream:
        load(source, stream, wanted.identity)
        stream.flush()
        os.fsync(stream.fileno())
    for leftover in (path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        leftover.unlink(missing_ok=True)
    made.replace(path)


def _unpacked(wanted: Restore, manifest: Manifest) -> dict[str, bytes]:
    """The keys by name; none in a plain backup. Raises WrongSetting: so a wrong private key is noticed first."""
    file = manifest.of(KEYS)
    if file is None:
        return {}
    packed = io.BytesIO()
    load(wanted.folder / file.name, packed, wanted.identity)
    packed.seek(0)
    with tarfile.open(fileobj=packed) as tar:
        members = [(member.name, tar.extractfile(member)) for member in tar if member.isfile()]
        return {name: stream.read() for name, stream in members if stream is not None and _is_plain(name)}


def _is_plain(name: str) -> bool:
    return not name.startswith("/") and ".." not in Path(name).parts


def _write_keys(wanted: Restore, keys: dict[str, bytes]) -> None:
    folder = wanted.settings.keys_folder
    others = [name for name, content in keys.items()
              if (folder / name).exists() and (folder / name).read_bytes() != content]  # fmt: skip
    if others and not wanted.replace:
        raise WrongSetting(
            f"{folder} holds other keys ({', '.join(others)}); nothing was touched. Add --replace to lose them."
        )
    for name, content in keys.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
