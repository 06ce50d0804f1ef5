"""Each process is given the keys that it needs, and no other."""

from pathlib import Path

from chassis.clock import SystemClock
from chassis.keys import FIELDS, NEEDED, KeyFolder
from contracts.topology import SERVICES


def given(folder: Path) -> dict[str, set[str]]:
    return {process: {path.name for path in (folder / process).iterdir()} for process in NEEDED}


def test_each_process_gets_its_own_keys_and_everybodys_public_ones(tmp_path: Path) -> None:
    kept = KeyFolder(tmp_path / "all")
    kept.make_missing(SERVICES)
    public = {f"{service}.pub" for service in SERVICES}
    kept.add_field_key(SystemClock())
    kept.give(tmp_path / "given")
    fields = {"fields-1.key", "fields-2.key"}
    assert given(tmp_path / "given") == {
        process: {*needed, *public} - {FIELDS} | (fields if FIELDS in needed else set())
        for process, needed in NEEDED.items()
    }
    for process in NEEDED:
        for path in (tmp_path / "given" / process).iterdir():
            assert path.read_bytes() == (tmp_path / "all" / path.name).read_bytes()
            assert path.stat().st_mode & 0o777 == 0o600


def test_what_a_process_needs_no_more_is_taken_away(tmp_path: Path) -> None:
    kept = KeyFolder(tmp_path / "all")
    kept.make_missing(SERVICES)
    (tmp_path / "given/billing").mkdir(parents=True)
    (tmp_path / "given/billing/customers.key").write_text("left over")
    kept.give(tmp_path / "given")
    assert "customers.key" not in given(tmp_path / "given")["billing"]


def test_no_process_holds_the_signing_key_of_another() -> None:
    for process, needed in NEEDED.items():
        assert {f"{service}.key" for service in SERVICES} & set(needed) <= {f"{process}.key"}
