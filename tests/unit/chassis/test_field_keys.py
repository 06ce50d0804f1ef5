"""Fields are encrypted with the newest key in force, and bound to their place."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from chassis.clock import FixedClock
from chassis.field_keys import IN_FORCE_AFTER, FieldKeys, FieldUnreadable, key_number
from chassis.keys import KeyFolder
from chassis.platform import Platform
from chassis.resealing import CHUNK, SealedColumn, count_by_key, reseal
from chassis.settings import WrongSetting
from tests.unit.chassis.safes import SAFES, Safe

PLACE = "customers.id_number:1"


@pytest.fixture
def folder(tmp_path: Path) -> KeyFolder:
    made = KeyFolder(tmp_path / "keys")
    made.make_missing(())
    return made


@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_what_is_encrypted_is_read_again(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    made = KeyFolder(tmp_path_factory.getbasetemp() / "keys")
    made.make_missing(())
    keys = made.field_keys(FixedClock(datetime(2026, 11, 21, tzinfo=UTC)))
    sealed = keys.encrypt(text, PLACE)
    assert keys.decrypt(sealed, PLACE) == text


def test_the_same_text_looks_different_each_time(folder: KeyFolder, clock: FixedClock) -> None:
    keys = folder.field_keys(clock)
    assert keys.encrypt("4321-8765", PLACE) != keys.encrypt("4321-8765", PLACE)


def test_nothing_stays_nothing(folder: KeyFolder, clock: FixedClock) -> None:
    keys = folder.field_keys(clock)
    assert (keys.encrypt("", PLACE), keys.decrypt("", PLACE)) == ("", "")


@pytest.mark.parametrize("sealed", ["4321-8765", "1:", "1:AAAA", "9:AAAA", "1:not base64"])
def test_what_was_not_encrypted_here_is_refused(folder: KeyFolder, clock: FixedClock, sealed: str) -> None:
    with pytest.raises(FieldUnreadable):
        folder.field_keys(clock).decrypt(sealed, PLACE)


def test_a_field_cannot_be_moved_to_another_row(folder: KeyFolder, clock: FixedClock) -> None:
    keys = folder.field_keys(clock)
    with pytest.raises(FieldUnreadable):
        keys.decrypt(keys.encrypt("4321-8765", PLACE), "customers.id_number:2")


def test_a_new_key_begins_when_every_replica_has_had_time_to_read_it(
    folder: KeyFolder, clock: FixedClock
) -> None:
    folder.add_field_key(clock)
    assert folder.field_keys(clock).newest() == 1
    clock.move(IN_FORCE_AFTER)
    assert folder.field_keys(clock).newest() == 2


def test_a_replica_reads_what_another_one_wrote_with_a_key_that_it_has_not_seen(
    folder: KeyFolder, clock: FixedClock
) -> None:
    old = folder.field_keys(clock)
    old.newest()
    folder.add_field_key(clock)
    clock.move(IN_FORCE_AFTER)
    sealed = folder.field_keys(clock).encrypt("4321-8765", PLACE)
    assert key_number(sealed) == 2
    assert old.decrypt(sealed, PLACE) == "4321-8765"


def test_an_older_key_still_opens_what_it_closed(folder: KeyFolder, clock: FixedClock) -> None:
    sealed = folder.field_keys(clock).encrypt("4321-8765", PLACE)
    folder.add_field_key(clock)
    clock.move(IN_FORCE_AFTER)
    assert folder.field_keys(clock).decrypt(sealed, PLACE) == "4321-8765"


def test_without_a_key_the_start_says_what_to_do(tmp_path: Path, clock: FixedClock) -> None:
    with pytest.raises(WrongSetting, match="headend keys"):
        FieldKeys(tmp_path, clock).newest()


def test_a_damaged_key_is_named(folder: KeyFolder, clock: FixedClock) -> None:
    (folder.folder / "fields-1.key").write_text("no key")
    with pytest.raises(WrongSetting, match=r"fields-1\.key"):
        folder.field_keys(clock).newest()


COLUMN = SealedColumn(SAFES, "sealed", "safes.sealed")


def fill(platform: Platform, count: int) -> None:
    Safe.metadata.create_all(platform.database.engine)
    with platform.database.transaction() as session:
        rows = [Safe.of(number, platform.field_keys, COLUMN) for number in range(count)]
        session.execute(insert(SAFES), [*rows, {"id": Safe.id_of(count), "sealed": ""}])


def test_a_new_key_is_brought_to_every_row(platform: Platform, clock: FixedClock) -> None:
    fill(platform, CHUNK + 3)
    platform.keys.add_field_key(clock)
    clock.move(IN_FORCE_AFTER + timedelta(hours=1))
    platform.field_keys._look()
    reseal(platform, (COLUMN,))
    with platform.database.reading() as session:
        assert count_by_key(session, COLUMN, (1, 2)) == {1: 0, 2: CHUNK + 3}
        rows = session.execute(select(SAFES)).all()
    opened = {platform.field_keys.decrypt(row.sealed, COLUMN.place_of(row.id)) for row in rows if row.sealed}
    assert opened == {f"secret {number}" for number in range(CHUNK + 3)}


def test_nothing_is_encrypted_anew_while_older_replicas_may_still_write(
    platform: Platform, clock: FixedClock
) -> None:
    fill(platform, 3)
    platform.keys.add_field_key(clock)
    clock.move(IN_FORCE_AFTER + timedelta(minutes=1))
    platform.field_keys._look()
    reseal(platform, (COLUMN,))
    with platform.database.reading() as session:
        assert count_by_key(session, COLUMN, (1, 2)) == {1: 3, 2: 0}
