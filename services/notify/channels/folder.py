"""Mail as files under HOME/mail, where no mail server is configured: to look at, or to be collected."""

import os
from pathlib import Path

from notify.channels import ChannelAway
from notify.mail import Envelope


class Folder:
    """Writes `<time>-<uuid>.eml`. The name comes from the message, so that a second try replaces the first."""

    safe_to_repeat = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def ready(self) -> None:
        """Make the folder. Raises ChannelAway when that is not possible."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ChannelAway(f"The folder {self._folder} cannot be made: {error}") from error

    def send(self, envelope: Envelope) -> None:
        """Write the mail under a temporary name and rename it, so that nobody reads half a mail. Raises ChannelAway."""
        path = self._folder / f"{envelope.created_at:%Y%m%dT%H%M%SZ}-{envelope.mail_id}.eml"
        made = path.with_suffix(f".{os.getpid()}.new")
        try:
            with made.open("wb") as file:
                file.write(envelope.content)
                file.flush()
                os.fsync(file.fileno())
            made.replace(path)
        except OSError as error:
            made.unlink(missing_ok=True)
            raise ChannelAway(f"The mail cannot be written to {self._folder}: {error}") from error

    def close(self) -> None:
        """Nothing to end."""

    def rest(self) -> None:
        """Nothing to end."""
