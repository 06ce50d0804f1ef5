"""`headend backup`, `headend backup-key`, `headend restore` and `headend after-restore`."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from chassis import logs
from chassis.settings import load_settings
from deploy.backup.afterwards import Lost, settle_restored
from deploy.backup.restoring import Restore, load_backup
from deploy.backup.sealing import read_identity, write_new_identity
from deploy.backup.taking import take_backup

_LOST = (
    click.option(
        "--skip-numbers", type=click.IntRange(min=0), metavar="N",
        help="Work was done after that moment and is lost: skip N numbers of each branch, hold messages back.",
    ),
    click.option("--nothing-since", is_flag=True, help="Nothing was done after that moment: all goes on as it was."),
)  # fmt: skip


def _decided(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in _LOST:
        command = option(command)
    return command


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--encrypt-for", multiple=True, metavar="age1...", help="A public key; more than one may be named."
)
@click.option("--plain", is_flag=True, help="Without encryption, and so without HEADEND_KEYS.")
def backup(folder: Path, encrypt_for: tuple[str, ...], plain: bool) -> None:
    """Back everything up into a new folder inside FOLDER, while Headend runs (docs/backup.md)."""
    if bool(encrypt_for) == plain:
        raise click.UsageError(
            "Name a public key by --encrypt-for (headend backup-key makes one), or say --plain."
        )
    made = take_backup(load_settings(), folder, encrypt_for, click.echo)
    click.echo(f"Backup {made} is whole.")
    if plain:
        click.echo("It is not encrypted and holds no keys; keep HEADEND_KEYS elsewhere.")


@click.command("backup-key")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup_key(file: Path) -> None:
    """Make a pair of keys for backups: the private one into FILE, the public one printed."""
    public = write_new_identity(file)
    click.echo(f"Public key, for `headend backup --encrypt-for`:\n{public}")
    click.echo(
        f"The private key is in {file}. Keep it away from this machine: without it no backup can be read."
    )


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--key-file", type=click.Path(path_type=Path, dir_okay=False), help="The private key.")
@click.option("--replace", is_flag=True, help="Lose what the databases and HEADEND_KEYS hold now.")
@_decided
def restore(
    folder: Path, key_file: Path | None, replace: bool, skip_numbers: int | None, nothing_since: bool
) -> None:
    """Bring the backup FOLDER back into empty databases; Headend must not run (docs/backup.md)."""
    _one_of(skip_numbers, nothing_since)
    settings = load_settings()
    logs.configure("restore", "WARNING")
    identity = read_identity(key_file) if key_file else None
    manifest = load_backup(Restore(folder, settings, identity, replace), click.echo)
    lost = None if skip_numbers is None else Lost(manifest.made_at, skip_numbers)
    settle_restored(settings, lost, click.echo)
    click.echo("Restored. `headend verify` says whether everything holds; then start Headend.")


@click.command("after-restore")
@click.option("--moment", type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]), required=True,
              help="The moment, in UTC, that the databases were set back to.")  # fmt: skip
@_decided
def after_restore(moment: datetime, skip_numbers: int | None, nothing_since: bool) -> None:
    """After the databases were set back by other means, such as PostgreSQL's recovery to a point in time."""
    _one_of(skip_numbers, nothing_since)
    settings = load_settings()
    logs.configure("restore", "WARNING")
    lost = None if skip_numbers is None else Lost(moment.replace(tzinfo=UTC), skip_numbers)
    settle_restored(settings, lost, click.echo)


def _one_of(skip_numbers: int | None, nothing_since: bool) -> None:
    if (skip_numbers is None) != nothing_since:
        raise click.UsageError(
            "Say what became of the time since the backup. If nothing was done after it: --nothing-since. If "
            "payments may have been taken: --skip-numbers N, with N more than any branch took, so that no number of a "
            "payment or invoice is given twice (docs/backup.md)."
        )
