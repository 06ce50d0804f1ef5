from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import update

from notify.channels import ChannelAway
from notify.channels.folder import Folder
from notify.jobs import keep_leases
from notify.mail import Envelope
from notify.sender import Sender
from notify.tables import Message
from notify.usecases.claim_messages import LEASE
from tests.unit.notify.builders import NOW, House, dues, payment


def files(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "mail").iterdir())


def test_without_a_mail_server_a_mail_is_a_file(house: House, tmp_path: Path) -> None:
    event_id = house.react(payment())
    Sender(house.platform).step()
    assert files(tmp_path) == [f"20261121T093000Z-{event_id}.eml"]
    assert house.message().state == "sent"


def test_a_crash_while_writing_leaves_one_file_and_no_doubt(house: House, tmp_path: Path) -> None:
    house.react(dues())
    Sender(house.platform).step()
    with (
        house.platform.database.transaction() as session
    ):  # as if the process had ended before it wrote down the end
        lost = {"state": "sending", "next_attempt_at": house.clock.now() + LEASE}
        session.execute(update(Message).values(**lost))
    house.clock.move(LEASE + timedelta(seconds=1))
    keep_leases(house.platform)
    Sender(house.platform).step()
    assert len(files(tmp_path)) == 1
    assert (house.message().state, house.message().repeated) == ("sent", False)


def test_a_folder_that_cannot_be_made_keeps_the_message(house: House, tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("in the way")
    house.react(dues())
    Sender(house.platform).step()
    assert (house.message().state, house.message().attempts) == ("retry", 0)


def test_a_mail_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    envelope = Envelope("tv@example.com", "a@example.com", b"Hi", uuid4(), NOW)
    folder = Folder(tmp_path / "mail")
    folder.ready()
    (tmp_path / "mail" / f"20261121T093000Z-{envelope.mail_id}.eml").mkdir()  # renaming onto a folder fails
    with pytest.raises(ChannelAway):
        folder.send(envelope)
    assert not list((tmp_path / "mail").glob("*.new"))
