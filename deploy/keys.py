"""Making keys, giving field keys a successor, and telling which of them are in use: `headend keys`."""

from pathlib import Path

import click

from chassis.clock import SystemClock
from chassis.database import Database
from chassis.field_keys import read_field_keys
from chassis.keys import NEEDED, KeyFolder
from chassis.resealing import count_by_key
from chassis.settings import Settings, load_settings
from contracts.topology import SERVICES
from customers.sealed import SEALED


@click.group(invoke_without_command=True)
@click.option("--give", type=Path, help="Copy what each process needs into GIVE/PROCESS.")
@click.pass_context
def keys(context: click.Context, give: Path | None) -> None:
    """Make the keys that are missing in HEADEND_KEYS, and show which field keys there are."""
    if context.invoked_subcommand is not None:
        return
    settings = load_settings()
    kept = KeyFolder(settings.keys_folder)
    kept.make_missing(SERVICES)
    click.echo(f"Keys are in {settings.keys_folder}.")
    if give is None:
        for process, needed in NEEDED.items():
            click.echo(f"{process} needs {', '.join(needed)} and the .pub files.")
    else:
        kept.give(give)
        click.echo(f"Each process has its own in {give}.")
    _show(settings)


@keys.command()
def rotate() -> None:
    """Make a new field key; the older ones stay, to read what they encrypted."""
    settings = load_settings()
    made = KeyFolder(settings.keys_folder).add_field_key(SystemClock())
    since = f"encrypts from {made.since:%Y-%m-%d %H:%M} UTC on" if made.since else "encrypts from now on"
    click.echo(
        f"fields-{made.number}.key is made and {since}. Let every replica of customers have it before; then "
        "everything is encrypted anew in the background. `headend keys in-use` tells when older ones can go."
    )


@keys.command("in-use")
def in_use() -> None:
    """Count what each field key encrypts, and say which keys can be removed."""
    settings = load_settings()
    numbers = sorted(read_field_keys(settings.keys_folder))
    counts = dict.fromkeys(numbers, 0)
    database = Database(settings.database_url("customers"), pool_size=1)
    with database.reading() as session:
        for column in SEALED:
            for number, count in count_by_key(session, column, numbers).items():
                counts[number] += count
    database.close()
    newest = KeyFolder(settings.keys_folder).field_keys(SystemClock()).newest()
    for number, count in counts.items():
        said = "in use" if count else "encrypts new values" if number == newest else "not in force yet"
        if number < newest and not count:
            said = "no longer used; it can be removed once backups that need it are gone"
        click.echo(f"fields-{number}.key: {count:,} values; {said}")


def _show(settings: Settings) -> None:
    for number, key in sorted(read_field_keys(settings.keys_folder).items()):
        since = f"from {key.since:%Y-%m-%d %H:%M} UTC on" if key.since else "from the beginning"
        click.echo(f"fields-{number}.key: {since}")
