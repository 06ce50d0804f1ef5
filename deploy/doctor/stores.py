"""What the databases show: can they be used, and what is stuck in them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from chassis.clock import SystemClock
from chassis.database import Database
from chassis.migrations import check, migrations_of
from chassis.settings import WrongSetting
from contracts.topology import SERVICES
from deploy.doctor.trouble import Patient, Trouble
from deploy.house import service_class
from deploy.verify.databases import moment

STUCK = timedelta(minutes=2)
LATELY = timedelta(days=7)
MOST_SKEW = timedelta(seconds=2)
_NEWEST = 200


def databases(patient: Patient) -> Iterator[Trouble]:
    """Each answers, has the newest form, and its triggers."""
    for service in SERVICES:
        try:
            patient.databases.one(service, "SELECT 1")
        except WrongSetting as error:
            yield Trouble(
                str(error).rstrip("."),
                "See whether PostgreSQL runs and can be reached from here, and HEADEND_*_DATABASE_URL.",
                "database-down",
            )
            continue
        database = Database(patient.settings.database_url(service), pool_size=1)
        try:
            check(database, migrations_of(service), service_class(service).append_only)
        except WrongSetting as error:
            yield Trouble(f"{service}: {str(error).rstrip('.')}", "Run `headend migrate`.", "database-down")
        finally:
            database.close()


def outboxes(patient: Patient) -> Iterator[Trouble]:
    """No event waits to be sent that should have been."""
    for service in SERVICES:
        rows = patient.databases.rows(
            service,
            "SELECT count(*), min(occurred_at), max(last_error) FROM outbox WHERE sent_at IS NULL",
        )
        count, since, error = rows[0]
        if not count or moment(since) > patient.now - STUCK:
            continue
        unroutable = "ROUTE" in (error or "").upper()
        reason = f"; the bus says: {error}" if error else ""
        yield Trouble(
            f"{count:,} events wait to be sent by {service}{reason}",
            "A queue is missing: start the service that listens, which declares it." if unroutable
            else f"See whether {service} runs and RabbitMQ answers; nothing is lost meanwhile.",
            "unroutable-events" if unroutable else "outbox-not-draining",
            moment(since),
        )  # fmt: skip


def inboxes(patient: Patient) -> Iterator[Trouble]:
    """No event waits for its reaction that should have had it, and none is parked."""
    for service in SERVICES:
        waiting = patient.databases.rows(
            service, "SELECT count(*), min(received_at), max(last_error) FROM inbox WHERE state = 'pending'"
        )[0]
        if waiting[0] and moment(waiting[1]) < patient.now - STUCK:
            reason = f"; the last failure: {waiting[2]}" if waiting[2] else ""
            yield Trouble(
                f"{waiting[0]:,} events wait for {service} to react{reason}",
                f"See whether {service} runs, and its log; it goes on by itself when the cause is gone.",
                "inbox-not-draining",
                moment(waiting[1]),
            )
        parked = patient.databases.rows(
            service, "SELECT count(*), min(received_at), max(last_error) FROM inbox WHERE state = 'parked'"
        )[0]
        if parked[0]:
            yield Trouble(
                f"{parked[0]:,} events are parked in {service}; one says: {parked[2]}",
                f"`headend events parked` shows them; mend the cause, then `headend events retry --service {service}`.",
                "parked-events",
                moment(parked[1]),
            )


_ENDED = (
    (
        "failed",
        "mail-failed",
        "were given up",
        "See their reasons under Messages, correct the address, send again.",
    ),
    (
        "unknown",
        "mail-unknown",
        "may or may not have arrived",
        "Ask who should have them, or look into the mail server's log.",
    ),
)


def messages(patient: Patient) -> Iterator[Trouble]:
    """No e-mail failed or is of unknown outcome lately, none is stuck."""
    for state, page, what, advice in _ENDED:
        rows = patient.databases.rows(
            "notify",
            f"SELECT created_at, problem FROM messages WHERE state = '{state}' ORDER BY created_at DESC LIMIT 1000",
        )
        lately = [row for row in rows if moment(row[0]) > patient.now - LATELY]
        if lately:
            most = "1,000 or more" if len(lately) == 1000 else f"{len(lately):,}"
            yield Trouble(
                f"{most} e-mails of the last seven days {what}; the newest: {lately[0][1]}", advice, page,
                moment(lately[-1][0]),
            )  # fmt: skip
    due = patient.databases.rows(
        "notify",
        "SELECT next_attempt_at, problem FROM messages WHERE next_attempt_at IS NOT NULL"
        " ORDER BY next_attempt_at LIMIT 1",
    )
    if due and moment(due[0][0]) < patient.now - STUCK and moment(due[0][0]).year > 1970:
        yield Trouble(
            "E-mails are due and nobody sends them"
            + (f"; the oldest says: {due[0][1]}" if due[0][1] else ""),
            "See whether notify runs, and HEADEND_MAIL_PER_MINUTE if many were made at once.",
            "mail-failed",
            moment(due[0][0]),
        )


def jobs(patient: Patient) -> Iterator[Trouble]:
    """No job or run failed lately, and none stopped half-way."""
    for service in SERVICES:
        for job, period, state, since, until, error in patient.databases.rows(
            service,
            "SELECT job, period, state, coalesce(finished_at, started_at), lease_until, coalesce(last_error, '')"
            " FROM jobs WHERE state <> 'done'",
        ):
            stopped = state == "running" and moment(until) < patient.now - STUCK
            if stopped or (state == "failed" and moment(since) > patient.now - LATELY):
                yield Trouble(
                    f"{service}: the job {job} of {period} {'stopped' if stopped else f'failed: {error}'}",
                    f"See whether {service} runs; it tries again by itself.",
                    "job-failed",
                    moment(since),
                )
    for kind, problem, since in patient.databases.rows(
        "billing", "SELECT kind, coalesce(problem, ''), started_at FROM runs WHERE state = 'failed'"
    ):
        if moment(since) > patient.now - LATELY:
            yield Trouble(
                f"A {kind} run failed: {problem}", "Mend the cause and start the run again: nothing is charged twice.",
                "job-failed", moment(since),
            )  # fmt: skip


def clocks(patient: Patient) -> Iterator[Trouble]:
    """This machine, the machines of the services, and the database servers agree about the time within two seconds."""
    for service in SERVICES:
        rows = patient.databases.rows(
            service,
            f"SELECT occurred_at, sent_at FROM outbox WHERE sent_at IS NOT NULL ORDER BY id DESC LIMIT {_NEWEST}",
        )
        ahead = [
            moment(occurred) - moment(sent)
            for occurred, sent in rows
            if moment(occurred) - moment(sent) > MOST_SKEW
        ]
        if ahead:
            yield _skewed(
                f"A machine that runs {service} is {max(ahead).total_seconds():.0f} s ahead of its database"
            )
        if patient.databases.is_sqlite:
            continue
        before = SystemClock().now()
        there = moment(_one(patient, service))
        after = SystemClock().now()
        away = max(before - there, there - after)
        if away > MOST_SKEW:
            yield _skewed(
                f"This machine and the database server of {service} differ by {away.total_seconds():.0f} s"
            )


def _one(patient: Patient, service: str) -> Any:
    return patient.databases.one(service, "SELECT clock_timestamp()")


def _skewed(what: str) -> Trouble:
    advice = "Let every machine take its time from the same servers (chrony, systemd-timesyncd)."
    return Trouble(what, advice, "clock-skew")
