"""Something that is wrong, as it is told to whoever has to mend it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chassis.settings import Settings
from deploy.verify.databases import Databases

RUNBOOK = "docs/runbook"


@dataclass(frozen=True)
class Trouble:
    """`page`: the runbook's page that goes on from here, without its ending."""

    what: str
    advice: str
    page: str
    since: datetime | None = None

    def told(self) -> str:
        """As it is printed, in three lines or four."""
        lines = [self.what]
        if self.since is not None:
            lines.append(f"  since {self.since:%Y-%m-%d %H:%M:%S} UTC")
        return "\n".join((*lines, f"  {self.advice}", f"  {RUNBOOK}/{self.page}.md"))


@dataclass(frozen=True)
class Patient:
    """The installation that is looked at, and the moment of looking. `backups`: the folder of backups, if told."""

    settings: Settings
    databases: Databases
    now: datetime
    backups: Path | None = None


Check = Callable[[Patient], Iterator[Trouble]]
"""Looks at one thing. What it raises is told as a trouble of its own."""
