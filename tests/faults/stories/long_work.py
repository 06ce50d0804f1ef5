"""Faults 9 and 19: many writers on SQLite, and work that keeps a processor busy for long."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from deploy.verify.databases import Databases
from deploy.verify.installation import verify
from deploy.verify.waiting import left_over
from tests.bench.population import PERIOD, TODAY, Person, add_branches_and_plans, populate
from tests.bench.rows import connect
from tests.faults.house import House
from tests.faults.load import PATIENCE, Load, WatchedApi, prepare_customers
from tests.faults.stories.servers_away import DEADLINE
from tests.faults.trial import Trial, fault
from tests.scenarios.checks.answers import check_answers
from tests.scenarios.checks.letters import Post, check_confirmations, check_repeats, invoices_of
from tests.scenarios.payers import Payer, click
from tests.stack.api import Api
from tests.stack.builders import TODAY as BILLED
from tests.stack.embedded import PASSWORD, Embedded
from tests.stack.processes import wait_until

WRITERS = 50
SQLITE_STALL, STALL = 0.2, 0.5
"""Seconds in which ninety-nine of a hundred small requests are answered beside writers on SQLite, and a long report."""


@dataclass
class Waits:
    """How long each of many small requests took."""

    seconds: list[float] = field(default_factory=list)

    def share(self, part: float) -> float:
        """What that part of them did not exceed."""
        found = sorted(self.seconds)
        return found[min(len(found) - 1, int(len(found) * part))] if found else 0.0

    def __str__(self) -> str:
        middle, most, all_of_them = (f"{self.share(part) * 1000:.0f} ms" for part in (0.5, 0.99, 1))
        return f"p50 {middle}, p99 {most}, max {all_of_them}"


@fault("9", "SQLite: fifty writers beside relay, inbox and mailer in one process")
def sqlite_writers(trial: Trial) -> None:
    """Nobody sees "database is locked": each request is answered, each payment exists once and is mailed once, and the
    process goes on answering others meanwhile.
    """
    home = Path(trial.grounds.home_volume.folder) / "sqlite"
    with Embedded(home, today=BILLED, mail_per_minute="100000", log_level="INFO") as headend:
        api = WatchedApi([headend.address]).sign_in("admin", PASSWORD)
        load = Load(api, prepare_customers(api), trial.grounds.seed, payers=WRITERS, pause=0.5)
        trial.inject(f"{WRITERS} writers")
        with watched(f"{headend.address}/health/live") as waits, load.running():
            time.sleep(trial.pick(10, 300))
        databases = Databases.of_home(home)
        trial.within("all has come to rest", lambda: not left_over(databases), 120)
        findings = trial.findings
        findings.problems += verify(databases, settled=True, most=5).problems
        findings.none_of(load.trouble, "Operations that came to no end")
        check_answers(databases, load.history, findings)
        post = Post(headend.mails())
        check_confirmations(invoices_of(databases), post, trial.grounds.seed, findings)
        check_repeats(databases, post, findings)
        log = (home / "headend.log").read_text(errors="replace") + headend.process.log()
        trial.demand("database is locked" not in log, "The log says that the database is locked")
        trial.figures.tried += load.tried
        trial.figures.repeated += sum(replayed for *_, replayed in load.history.answers)
        _demand_quick(trial, waits, SQLITE_STALL)
        trial.note(f"{load.tried} operations; /health/live beside them {waits}")


@fault("19", "a long report: many pages and rows, under load")
def long_report(trial: Trial) -> None:
    """A PDF of hundreds of pages and a workbook of as many rows: no heartbeat is missed and no delivery comes again,
    others are answered meanwhile, and memory stays bounded.
    """
    count, people = int(trial.pick(6_000, 200_000)), list[Person]()
    with ExitStack() as stack:

        def prepare(api: Api, urls: Mapping[str, str]) -> list[str]:
            people.extend(_fill(api, urls, count))
            return [str(person.id) for person in people]

        house = trial.grounds.open_house(stack, prepare=prepare, today=TODAY)
        with trial.inspected(house, load=False), _paying(house, [one for one in people if one.email]):
            for form in ("pdf", "xlsx"):
                trial.inject(f"report of {count} rows as {form}")
                with watched(f"{house.real.address}/health/ready") as waits:
                    began = time.monotonic()
                    size = _report(house.api, form)
                _demand_quick(trial, waits, STALL)
                trial.note(f"{form}: {size / 1e6:.1f} MB in {time.monotonic() - began:.0f} s, others {waits}")
        memory = max(process.peak_memory() for process in house.real.named("reports")) / 2**20
        trial.note(f"peak memory of reports {memory:.0f} MB")
        trial.demand(memory < 700, f"reports needed {memory:.0f} MB")
        slowest = max(one.seconds for one in house.api.attempts if one.path.endswith("/payments"))
        trial.demand(slowest < DEADLINE, f"A payment beside the report took {slowest:.1f} s")
        trial.findings.same("Starts of reports", [one.starts for one in house.real.named("reports")], [1])
        again = "SELECT count(*) FROM inbox WHERE attempts > 1"
        trial.findings.same("Events that reports did twice", house.databases.one("reports", again), 0)


def _demand_quick(trial: Trial, waits: Waits, seconds: float) -> None:
    slow = waits.share(0.99)
    trial.demand(
        slow < seconds, f"One in a hundred other requests waited {slow:.2f} s; {seconds} s are allowed"
    )


def _fill(api: Api, urls: Mapping[str, str], count: int) -> list[Person]:
    """Customers with a subscription each, and what each owes for the month."""
    connections = {service: connect(url) for service, url in urls.items()}
    try:
        plans = add_branches_and_plans(api)
        known = "SELECT count(*) FROM branches_copy"
        copies = [connections[service] for service in ("billing", "notify", "reports")]
        wait_until("everybody knows the branches",
                   lambda: all(one.execute(known).fetchone() == (len(plans),) for one in copies))  # fmt: skip
        people = populate(connections, plans, count)
        run = api.ok("POST", "/billing-runs", json={"period": PERIOD})
        api.finished(f"/billing-runs/{run['id']}", 600)
        # Rows that came past the events are in no figure: let them be counted anew, as they are each day.
        connections["reports"].execute("DELETE FROM jobs WHERE job = 'count-figures'")
        counted = "SELECT count(*) FROM jobs WHERE job = 'count-figures' AND state = 'done'"
        wait_until("the figures are counted anew", lambda: copies[2].execute(counted).fetchone() == (1,), 120)
    finally:
        for connection in connections.values():
            connection.close()
    return people


@contextmanager
def _paying(house: House, people: Sequence[Person]) -> Iterator[None]:
    """Meanwhile one after the other pays their month."""
    ended = threading.Event()

    def pay() -> None:
        for person in people:
            if ended.wait(0.5):
                return
            payer = Payer(customer_id=str(person.id), crf=person.crf, due_minor=0, amount_minor=25000, mode="cash",
                          reference=None, key=f"report-{person.crf}", clicks=1)  # fmt: skip
            click(house.api, payer, house.load.history, PATIENCE)

    paying = threading.Thread(target=pay, daemon=True)
    paying.start()
    try:
        yield
    finally:
        ended.set()
        paying.join(PATIENCE)


def _report(api: Api, form: str) -> int:
    year, month = map(int, PERIOD.split("-"))
    body = {
        "kind": "payments",
        "service": "cable_tv",
        "year": year,
        "month": month,
        "selection": "unpaid",
        "format": form,
    }
    asked = api.stubbornly("POST", "/reports", json=body)
    assert asked.status_code == 202, asked.text
    done = api.finished(f"/reports/{asked.json()['id']}", 3600)
    return int(done["size"])


@contextmanager
def watched(address: str) -> Iterator[Waits]:
    """Ask a small thing twenty times a second meanwhile."""
    waits, ended = Waits(), threading.Event()

    def ask() -> None:
        with httpx.Client(timeout=30) as client:
            while not ended.wait(0.05):
                began = time.monotonic()
                client.get(address)
                waits.seconds.append(time.monotonic() - began)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    try:
        yield waits
    finally:
        ended.set()
        asking.join(30)
