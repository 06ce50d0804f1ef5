"""Taking a backup of all four databases and the keys, while Headend runs."""

import io
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Literal

from chassis.clock import SystemClock
from chassis.database import Database
from chassis.jobs import note_backup
from chassis.settings import Settings, WrongSetting
from contracts.topology import SERVICES
from deploy.backup import postgres
from deploy.backup.manifest import FILE, BackupFile, LastNumber, Manifest, digest_of
from deploy.backup.sealing import ENDING, recipients_of, store
from deploy.verify.databases import Databases, listeners_first

KEYS = "keys"


def take_backup(
    settings: Settings, into: Path, encrypt_for: Sequence[str], tell: Callable[[str], None] = lambda _: None
) -> Path:
    """A new folder in `into` with everything; it has its name only when it is whole. Raises WrongSetting.

    All databases are held at one moment first, listeners before their producers, and written out from there. The keys
    are in it only when it is encrypted.
    """
    recipients = recipients_of(encrypt_for)
    now = SystemClock().now()
    folder = into / f"headend-{now:%Y%m%dT%H%M%SZ}"
    unfinished = _new_folder(folder)
    urls = {service: settings.database_url(service) for service in SERVICES}
    files: list[BackupFile] = []
    with Databases(urls).snapshot() as seen:
        for service in listeners_first():
            name = f"{service}.{'db' if seen.is_sqlite else 'dump'}{ENDING if recipients else ''}"
            _write_database(seen, service, urls[service], unfinished / name, recipients)
            form = str(seen.one(service, "SELECT version_num FROM alembic_version"))
            files.append(_told(unfinished / name, service, form))
            tell(f"{service}: {files[-1].size:,} bytes")
        manifest = _manifest(seen, now, encrypt_for)
    if recipients:
        store(_packed(settings.keys_folder), unfinished / f"{KEYS}.tar{ENDING}", recipients)
        files.append(_told(unfinished / f"{KEYS}.tar{ENDING}", KEYS, None))
    whole = manifest.model_copy(update={"files": tuple(files)})
    store(io.BytesIO(whole.model_dump_json(indent=2).encode()), unfinished / FILE, ())
    unfinished.rename(folder)
    _sync(into)
    _note(urls)
    return folder


def _note(urls: Mapping[str, str]) -> None:
    """Write into each database that it was backed up: an alert watches how long that is ago."""
    clock = SystemClock()
    for url in urls.values():
        with closing(Database(url, pool_size=1)) as database, database.transaction() as session:
            note_backup(session, clock)


def _new_folder(folder: Path) -> Path:
    unfinished = folder.with_name(folder.name + ".partial")
    try:
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        unfinished.mkdir(mode=0o700)
    except OSError as error:
        raise WrongSetting(f"The folder {folder.parent} cannot be written ({error.strerror}).") from None
    return unfinished


def _write_database(
    seen: Databases, service: str, url: str, target: Path, recipients: Sequence[object]
) -> None:
    if not seen.is_sqlite:
        snapshot = str(seen.one(service, "SELECT pg_export_snapshot()"))
        with postgres.dumped(url, snapshot) as stream:
            store(stream, target, recipients)  # type: ignore[arg-type]  # recipients_of made them
        return
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        copy = Path(scratch) / "copy.db"
        with closing(sqlite3.connect(copy)) as made:
            seen.connection(service).backup(made)
        with copy.open("rb") as stream:
            store(stream, target, recipients)  # type: ignore[arg-type]  # recipients_of made them


def _manifest(seen: Databases, now: datetime, encrypted_for: Sequence[str]) -> Manifest:
    kind: Literal["sqlite", "postgresql"] = "sqlite" if seen.is_sqlite else "postgresql"
    newest = "SELECT coalesce(max(id), 0) FROM outbox"
    numbers = seen.rows(
        "billing",
        "SELECT coalesce(b.code, ''), c.series, c.year, c.last FROM counters c"
        " LEFT JOIN branches_copy b ON b.id = c.branch_id ORDER BY 1, 2, 3",
    )
    return Manifest(
        headend=version("headend"), made_at=now, kind=kind, encrypted_for=tuple(encrypted_for), files=(),
        last_events={service: int(seen.one(service, newest)) for service in SERVICES},
        last_numbers=tuple(LastNumber(branch=row[0], series=row[1], year=row[2], last=row[3]) for row in numbers),
    )  # fmt: skip


def _packed(folder: Path) -> IO[bytes]:
    """The keys as a tar; they are small."""
    packed = io.BytesIO()
    try:
        with tarfile.open(fileobj=packed, mode="w") as tar:
            for file in sorted(path for path in folder.rglob("*") if path.is_file()):
                tar.add(file, arcname=str(file.relative_to(folder)))
    except OSError as error:
        raise WrongSetting(f"The keys in {folder} cannot be read ({error.strerror}).") from None
    packed.seek(0)
    return packed


def _told(path: Path, holds: str, form: str | None) -> BackupFile:
    size, sha256 = digest_of(path)
    return BackupFile(name=path.name, holds=holds, size=size, sha256=sha256, form=form)


def _sync(folder: Path) -> None:
    """The new name, through to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
