"""Sealed secrets, key files and append-only tables keep what they hold."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from chassis.clock import FixedClock
from chassis.keys import KeyFolder
from chassis.seal import SecretUnreadable, seal, unseal
from chassis.triggers import AppendOnly, make_triggers, missing_triggers

BOOKS = (AppendOnly("books"),)


def test_a_secret_opens_with_the_same_key_for_the_same_purpose(clock: FixedClock) -> None:
    key = AESGCM(AESGCM.generate_key(256))
    assert unseal(key, seal(key, "pass word", "welcome", clock.now()), "welcome") == "pass word"


@pytest.mark.parametrize("purpose", ["welcome", "link"])
def test_a_secret_stays_shut_for_another_key_or_purpose(clock: FixedClock, purpose: str) -> None:
    key, other = (AESGCM(AESGCM.generate_key(256)) for _ in range(2))
    sealed = seal(key, "pass word", "welcome", clock.now())
    with pytest.raises(SecretUnreadable):
        unseal(other if purpose == "welcome" else key, sealed, purpose)


def test_keys_are_readable_by_their_owner_alone_and_are_made_once(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "keys")
    folder.make_missing(("customers",))
    first = (tmp_path / "keys" / "customers.key").read_text()
    folder.make_missing(("customers",))
    assert (tmp_path / "keys" / "customers.key").read_text() == first
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()} == {0o600}


@pytest.mark.parametrize("statement", ["UPDATE books SET line = 2", "DELETE FROM books"])
def test_an_append_only_table_refuses_change(statement: str) -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE books (line INTEGER)"))
        make_triggers(connection, BOOKS)
        connection.execute(text("INSERT INTO books VALUES (1)"))
        with pytest.raises(DBAPIError, match="only added to"):
            connection.execute(text(statement))


def test_a_missing_trigger_is_noticed() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE books (line INTEGER)"))
        assert missing_triggers(connection, BOOKS) == ["books_no_update", "books_no_delete"]
        make_triggers(connection, BOOKS)
        assert missing_triggers(connection, BOOKS) == []
