"""What a backup holds: its files with their checksums, and the point of the event feed that it was taken at."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from chassis.settings import WrongSetting

FILE, FORMAT = "manifest.json", 1
_BLOCK = 1 << 20


class BackupFile(BaseModel):
    """One file of a backup. `holds` is a service, whose database it is, or "keys"; `form` the database's migration."""

    model_config = ConfigDict(frozen=True)

    name: str
    holds: str
    size: int
    sha256: str
    form: str | None = None


class LastNumber(BaseModel):
    """The last number given of a branch, series and year."""

    model_config = ConfigDict(frozen=True)

    branch: str
    series: str
    year: int
    last: int


class Manifest(BaseModel):
    """manifest.json. `last_events`: each service's newest event; listeners were looked at before their producers."""

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    headend: str
    made_at: datetime
    kind: Literal["sqlite", "postgresql"]
    encrypted_for: tuple[str, ...]
    files: tuple[BackupFile, ...]
    last_events: dict[str, int]
    last_numbers: tuple[LastNumber, ...]

    def of(self, holds: str) -> BackupFile | None:
        """The file of a database or of the keys."""
        return next((file for file in self.files if file.holds == holds), None)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup whose files are all as they were written. Raises WrongSetting."""
    try:
        manifest = Manifest.model_validate_json((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        raise WrongSetting(
            f"{folder} is no whole backup: it has no {FILE} that can be read. An unfinished one ends in .partial."
        ) from None
    if manifest.format > FORMAT:
        raise WrongSetting(
            f"{folder} was made by a newer Headend ({manifest.headend}); restore it with that one."
        )
    for file in manifest.files:
        _check(folder, file)
    return manifest


def digest_of(path: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()


def _check(folder: Path, file: BackupFile) -> None:
    if Path(file.name).name != file.name or not (folder / file.name).is_file():
        raise WrongSetting(f"The backup {folder} lacks its file {file.name}.")
    if digest_of(folder / file.name) != (file.size, file.sha256):
        raise WrongSetting(
            f"{folder / file.name} is not as it was written (its checksum differs); take another backup."
        )
