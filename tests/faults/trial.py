"""One fault: what is done wrong, what must hold meanwhile, and what came of it."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from deploy.verify.findings import Findings
from tests.stack.processes import wait_until

if TYPE_CHECKING:
    from tests.faults.grounds import Grounds
    from tests.faults.house import House


class NotHere(Exception):
    """This fault cannot be made on this machine; the text says why."""


@dataclass
class Figures:
    """What a fault's line of the table says."""

    tried: int = 0
    lost: int = 0
    repeated: int = 0


@dataclass
class Trial:
    """What a story works with. `dice` follow the run's seed; `long` asks for real clocks and full sizes."""

    grounds: "Grounds"
    dice: random.Random
    long: bool
    findings: Findings = field(default_factory=Findings)
    figures: Figures = field(default_factory=Figures)
    injected: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def house(self) -> "House":
        """The house that most faults share: every service once, on servers that may be broken."""
        return self.grounds.house()

    def inject(self, what: str) -> None:
        """Count one fault that is made now."""
        self.injected.append(what)

    def demand(self, holds: bool, sentence: str) -> None:
        """Note the sentence as a problem unless it holds."""
        self.findings.demand(holds, sentence)

    def within(self, what: str, check: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait until the check holds; a problem when it does not in time. The story goes on either way."""
        try:
            wait_until(what, check, seconds, pause=0.2)
        except AssertionError as error:
            self.findings.problems.append(str(error))

    def note(self, sentence: str) -> None:
        """A figure or remark for the report."""
        self.notes.append(sentence)

    def pick(self, short: float, long: float) -> float:
        """A size or a time: shortened, or as it is meant."""
        return long if self.long else short

    @contextmanager
    def inspected(self, house: "House", *, load: bool = True) -> Iterator[None]:
        """A story in a house: under load, then healed and quiet, then everything is checked."""
        from tests.faults.inspection import Inspection  # its checks need most of the stack

        inspection = Inspection(self, house)
        if load:
            with house.load.running():
                yield
        else:
            yield
        inspection.close()


Story = Callable[[Trial], None]


@dataclass(frozen=True)
class Fault:
    """One entry of the table: number of TRUST section 8, or a letter for those besides."""

    number: str
    title: str
    story: Story
    ci: bool
    early: bool

    @property
    def promise(self) -> str:
        """What must hold, from the story's docstring."""
        return " ".join((self.story.__doc__ or "").split())


FAULTS: list[Fault] = []


def fault(number: str, title: str, *, ci: bool = False, early: bool = False) -> Callable[[Story], Story]:
    """Enter a story into the table. `ci`: one of the few that every change must survive; `early`: takes so long that it
    is begun first, so that the lanes end together.
    """

    def enter(story: Story) -> Story:
        FAULTS.append(Fault(number, title, story, ci, early))
        return story

    return enter


@dataclass
class Outcome:
    """A fault that was tried."""

    fault: Fault
    trial: Trial
    seconds: float
    skipped: str = ""

    @property
    def verdict(self) -> str:
        """held, BROKEN or not made."""
        if self.skipped:
            return "not made"
        return "BROKEN" if self.trial.findings.problems else "held"


def try_fault(entry: Fault, trial: Trial) -> Outcome:
    """Tell the story; whatever it raises is a problem too."""
    began, skipped = time.monotonic(), ""
    try:
        entry.story(trial)
    except NotHere as reason:
        skipped = str(reason)
    except Exception as error:  # noqa: BLE001 - shown as a problem, and the next fault is still tried
        trial.findings.problems.append(f"{type(error).__name__}: {str(error)[:1500]}")
    return Outcome(entry, trial, time.monotonic() - began, skipped)
