"""A fault's line, the table, and the page that keeps it."""

from collections.abc import Sequence

from chassis.clock import SystemClock
from tests.faults.trial import Outcome

_HEAD = ("#", "fault", "seconds", "tried", "faults", "lost", "repeated", "verdict")


def line_of(outcome: Outcome) -> str:
    """What is printed when a fault was tried."""
    number, title, *figures = _cells(outcome)
    seconds, tried, faults, lost, repeated, verdict = figures
    return (
        f"{number:>3} {title:<58} {seconds:>5} s  tried {tried:>5}  faults {faults:>3}  lost {lost}"
        f"  repeated {repeated:>4}  {verdict}"
    )


def table_of(outcomes: Sequence[Outcome]) -> str:
    """All of them, with sums."""
    return "\n".join(
        [
            "| " + " | ".join(_HEAD) + " |",
            "|" + "---|" * len(_HEAD),
            *("| " + " | ".join(_cells(outcome)) + " |" for outcome in outcomes),
            "| " + " | ".join(_sums(outcomes)) + " |",
        ]
    )


def page_of(outcomes: Sequence[Outcome], seed: int, seconds: float, *, long: bool) -> str:
    """docs/faults.md."""
    command = "make faults-long" if long else "make faults"
    pace = "Real clocks and full sizes" if long else "Shortened clocks (`HEADEND_HURRY=100`) and sizes"
    promises = [f"- **{one.fault.number}. {one.fault.title}.** {one.fault.promise}" for one in outcomes]
    remarks = [f"- {one.fault.number}: {'; '.join(_remarks(one))}" for one in outcomes if _remarks(one)]
    return _PAGE.format(
        command=command, pace=pace, seed=seed, seconds=f"{seconds:.0f}", day=SystemClock().now().date().isoformat(),
        table=table_of(outcomes), promises="\n".join(promises), remarks="\n".join(remarks) or "None.",
    )  # fmt: skip


def _cells(outcome: Outcome) -> tuple[str, ...]:
    trial = outcome.trial
    figures = (trial.figures.tried, len(trial.injected), trial.figures.lost, trial.figures.repeated)
    return (
        outcome.fault.number,
        outcome.fault.title,
        f"{outcome.seconds:.0f}",
        *map(str, figures),
        outcome.verdict,
    )


def _sums(outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    trials = [outcome.trial for outcome in outcomes]
    held = sum(outcome.verdict == "held" for outcome in outcomes)
    return (
        "", "together", f"{sum(outcome.seconds for outcome in outcomes):.0f}",
        str(sum(trial.figures.tried for trial in trials)), str(sum(len(trial.injected) for trial in trials)),
        str(sum(trial.figures.lost for trial in trials)), str(sum(trial.figures.repeated for trial in trials)),
        f"{held} held",
    )  # fmt: skip


def _remarks(outcome: Outcome) -> list[str]:
    reasons = [f"not made: {outcome.skipped}"] if outcome.skipped else []
    return [*reasons, *outcome.trial.notes, *outcome.trial.findings.problems]


_PAGE = """# Faults

Written by `{command} W=1`; do not edit. {pace} on {day}, seed {seed}, {seconds} s.

*tried*: operations that clients tried (payments, registrations, fees, runs), however often each was sent. *faults*:
what was done wrong on purpose. *lost*: what somebody was told is done and was not there, events that a listener never
did, mails that never came. *repeated*: what came twice and changed nothing: answers replayed, events delivered or tried
again, mails repeated with their same Message-ID and logged as such.

{table}

After each of them: every process ready, all at rest within a minute (longer only while what is under way grows less),
and the books, answers, numbers, mails, events, queues and moves checked from outside by
[`headend verify`](verify.md) and by what only a test knows (`tests/faults/inspection.py`).

## Where the faults differ from what is usual

The numbered faults follow what trusted billing systems promise under failure. These are tried in another way:

- 7: during an alarm RabbitMQ takes no publications, and calls are publications: payments are answered with 503 within
  the deadline, not with 201 ([decision 0020](decisions/0020-payments-during-an-alarm.md)). Nothing is lost; the same
  key is paid once afterwards.
- 11: calls without an idempotency key are not tripled: a broker repeats a call only marked as redelivered, and those
  are refused when they carry no key.
- 15: PDFs are drawn in memory and kept in the database, so a full `/tmp` cuts none off.
- 14: gunicorn does not run under libfaketime, so that a gateway's wrong clock is a test of its own
  (`tests/integration/chassis/test_wrong_clocks.py`).
- 20: the mixture has no backup brought back in it. That is a test of its own, on the same servers, with events of a
  later time still on the bus (`tests/integration/backup/test_real.py`); the upgrade is the fault `upgrade`.

## What must hold

{promises}

## Remarks of this run

{remarks}
"""
