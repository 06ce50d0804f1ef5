"""Fault 14 and the year's end: clocks that are wrong, and days that are odd, in three time zones."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from contracts.topology import SERVICES
from deploy.verify.databases import Databases
from deploy.verify.installation import verify
from deploy.verify.waiting import left_over
from tests.faults.load import PATIENCE
from tests.faults.signing_in import customer_forgets_password, staff_sign_in
from tests.faults.trial import Trial, fault
from tests.faults.wrong_clock import begun_at, library, shifted
from tests.scenarios.checks.answers import check_answers
from tests.scenarios.payers import History, Payer, click
from tests.stack.api import Api
from tests.stack.embedded import PASSWORD, Embedded
from tests.stack.processes import Process, wait_until

_HOSTS = (
    ("billing", "+1h"), ("billing", "-1h"), ("customers", "+1h"), ("customers", "-1h"), ("notify", "-1h"),
    ("reports", "+1h"),
)  # fmt: skip
ZONES = {"EAST": "Pacific/Kiritimati", "MAIN": "UTC", "WEST": "Pacific/Honolulu"}
"""The first to have a new year, and the last but few: a day apart."""


@fault("14", "clocks an hour ahead and behind on one host")
def wrong_clocks(trial: Trial) -> None:
    """Leases go by the database's clock, and a host whose own is wrong by an hour follows that one: it takes nothing
    from others and gives nothing up, and refuses no call, session or code of this minute; each code works once.
    """
    library()
    house = trial.house
    before, others = len(house.api.attempts), list[Process]()
    with trial.inspected(house), ExitStack() as hosts:
        for service, by in _HOSTS:
            trial.inject(f"{service} on a host with its clock {by}")
            others.append(hosts.enter_context(house.real.beside(service, shifted(by))))
        trial.within("replicas with wrong clocks are ready", lambda: all(map(house.real.is_ready, others)))
        staff_sign_in(trial, house, times=int(trial.pick(5, 60)))
        for _ in range(int(trial.pick(1, 20))):
            customer_forgets_password(trial, house)
        time.sleep(trial.pick(1, 300))
    refused = [f"{one.method} {one.path}" for one in house.api.attempts[before:] if one.status == 401]
    trial.findings.none_of(refused, "Requests of a session that were refused for some clock")
    doubles = sum(count - 1 for count in house.post_office.message_ids().values())
    trial.note(f"{doubles} mails repeated so far")


@fault("days", "summer time begins and ends; leap day", early=True)
def odd_days(trial: Trial) -> None:
    """A branch in Warsaw lives through the midnight of each: its day begins once and each month is charged once."""
    library()
    warsaw = ZoneInfo("Europe/Warsaw")
    days = [date(2027, 3, 28), date(2027, 10, 31), date(2028, 2, 29), date(2028, 3, 1)]
    with _calendar(trial, datetime(2027, 2, 20, 12, tzinfo=UTC), {"MAIN": "Europe/Warsaw"}) as calendar:
        for day in days:
            midnight = datetime(day.year, day.month, day.day, tzinfo=warsaw)
            trial.inject(f"midnight before {day}")
            calendar.live_through(midnight, seconds=1.0)
            rows = [row for row in calendar.days() if row.startswith("MAIN")]
            trial.findings.same(f"How often {day} began", rows.count(f"MAIN:{day}"), 1)
        calendar.check(trial)
        months = [f"2027-{month:02d}" for month in range(2, 13)] + ["2028-01", "2028-02", "2028-03"]
        for customer, charged in calendar.charges().items():
            trial.findings.same(f"Months charged to {customer}", sorted(charged), months)


@fault("newyear", "year end in three time zones", early=True)
def year_end(trial: Trial) -> None:
    """While people pay, the year ends in the east, at Greenwich and in the west. Each branch charges January once after
    its own midnight and not before; each number carries the year of its branch's day, without a gap.
    """
    library()
    with _calendar(trial, datetime(2026, 12, 20, 12, tzinfo=UTC), ZONES) as calendar:
        for place, (code, zone) in enumerate(ZONES.items(), start=1):
            trial.inject(f"the year ends in {zone}")
            calendar.live_through(datetime(2027, 1, 1, tzinfo=ZoneInfo(zone)), seconds=trial.pick(2, 60))
            charged = [
                code for code, months in calendar.charges().items() for month in months if month == "2027-01"
            ]
            trial.findings.same(
                f"Branches that have charged January after {code}'s midnight", len(charged), place
            )
        calendar.check(trial)
        rows = calendar.databases.rows("billing", "SELECT number, issued_on, snapshot FROM invoices")
        wrong = [number for number, issued, _ in rows if number.split("-")[1] != str(issued)[:4]]
        trial.findings.none_of(wrong, "Invoices whose number carries another year than their day")
        years = Counter((number.split("-")[0], number.split("-")[1]) for number, *_ in rows)
        trial.note(f"invoices: {dict(sorted(years.items()))}")
        trial.demand(len(years) == 2 * len(ZONES), f"Not every branch issued invoices in both years: {years}")


@dataclass
class Calendar:
    """A small office whose clock is set; branches with a customer each."""

    headend: Embedded
    databases: Databases
    customers: dict[str, str] = field(default_factory=dict)
    """Customer ids by branch code."""
    history: History = field(default_factory=History)
    dice: random.Random = field(default_factory=random.Random)
    began: float = 0.0
    """When its clock began to go, by time.monotonic()."""
    start_seconds: float = 10.0
    """How long the last start took, until somebody was signed in."""

    def restart(self, moment: datetime) -> Api:
        """Begin again with the clock at that moment; the administrator, signed in anew."""
        if self.headend.process.running:
            self.headend.process.terminate(30)
        self.began = time.monotonic()
        self.headend.process.besides = begun_at(moment.astimezone(UTC))
        self.headend.start()
        api = Api(self.headend.address, self._token())
        self.start_seconds = time.monotonic() - self.began
        return api

    def _token(self) -> str:
        """The administrator's session, tried again while a busy machine is too slow for the deadline."""
        who = {"username": "admin", "password": PASSWORD}
        answer = Api(self.headend.address).stubbornly("POST", "/sessions", json=who)
        assert answer.is_success, answer.text
        return str(answer.json()["token"])

    def live_through(self, midnight: datetime, *, seconds: float) -> None:
        """Everybody pays from `seconds` before a midnight until as long after it; then the day begins."""
        before = seconds + 1.3 * self.start_seconds
        api = self.restart(midnight - timedelta(seconds=before))
        until = self.began + before + seconds
        while time.monotonic() < until:
            for customer in self.customers.values():
                self.pay(api, customer)
        self.restart(midnight + timedelta(seconds=seconds + 60))
        code = {str(zone): code for code, zone in ZONES.items()}.get(str(midnight.tzinfo), "MAIN")
        wait_until("the day has begun", lambda: f"{code}:{midnight.date()}" in self.days(), 60)
        open_runs = "SELECT count(*) FROM runs WHERE finished_at IS NULL OR statuses_pending"
        wait_until("its runs have ended", lambda: not self.databases.one("billing", open_runs), 60)

    def pay(self, api: Api, customer: str) -> None:
        """A small part of what the customer owes."""
        mark = f"{self.dice.getrandbits(64):x}"
        payer = Payer(customer_id=customer, crf="", due_minor=0, amount_minor=25000, mode="cash", reference=None,
                      key=f"clock-{mark}", clicks=1)  # fmt: skip
        click(api, payer, self.history, PATIENCE)

    def _none(self, service: str, statement: str) -> bool:
        return not self.databases.one(service, statement)

    def days(self) -> list[str]:
        """CODE:date of each branch's day that has begun and ended well."""
        rows = self.databases.rows(
            "billing", "SELECT period FROM jobs WHERE job = 'branch-day' AND state = 'done'"
        )
        return [row[0] for row in rows]

    def charges(self) -> dict[str, list[str]]:
        """The months charged, by branch code of the one customer there."""
        codes = {customer.replace("-", ""): code for code, customer in self.customers.items()}
        found: dict[str, list[str]] = {code: [] for code in self.customers}
        for customer, period in self.databases.rows(
            "billing", "SELECT customer_id, period FROM charges WHERE kind = 'recurring'"
        ):
            found[codes[customer]].append(period)
        return found

    def check(self, trial: Trial) -> None:
        """Everything, once all has come to rest, and what was tried."""
        at_work = "SELECT count(*) FROM jobs WHERE state = 'running'"
        trial.within("all has come to rest", lambda: not left_over(self.databases))
        for service in SERVICES:
            trial.within(f"{service} has ended its jobs", partial(self._none, service, at_work))
        trial.findings.problems += verify(self.databases, settled=True, most=5).problems
        check_answers(self.databases, self.history, trial.findings)
        trial.figures.tried += len(self.history.answers)


@contextmanager
def _calendar(trial: Trial, begins: datetime, zones: dict[str, str]) -> Iterator[Calendar]:
    home = Path(trial.grounds.home_volume.folder) / f"calendar-{begins:%Y%m%d}"
    headend = Embedded(home, schedule="on", mail_per_minute="100000", hurry="100")
    calendar = Calendar(headend, Databases.of_home(home), dice=trial.dice)
    try:
        api = calendar.restart(begins)
        branches = _branches(api, zones)
        for code, branch in branches.items():
            calendar.customers[code] = _subscriber(api, code, branch, begins.date())
        calendar.restart(
            begins + timedelta(minutes=1)
        )  # the first day of branches that were not there at its start
        wait_until("the first days have begun", lambda: len(calendar.days()) >= len(zones), 60)
        yield calendar
    finally:
        headend.process.kill()


def _branches(api: Api, zones: dict[str, str]) -> dict[str, str]:
    main = next(branch for branch in api.pages("/branches") if branch["code"] == "MAIN")
    found = {}
    for code, zone in zones.items():
        if code == "MAIN":
            api.ok("PATCH", f"/branches/{main['id']}", json={"time_zone": zone})
            found[code] = main["id"]
        else:
            body = {
                "code": code,
                "name": code.title(),
                "currency": main["currency"],
                "locale": "en",
                "time_zone": zone,
            }
            found[code] = api.ok("POST", "/branches", json=body)["id"]
    return found


def _subscriber(api: Api, code: str, branch: str, since: date) -> str:
    """Somebody of that branch who owes a lot every month."""
    plan: dict[str, Any] = {"code": f"TV-{code}", "name": "Classic", "service": "cable_tv", "price": "90000.00",
                            "branch_id": branch}  # fmt: skip
    plan_id = api.ok("POST", "/plans", json=plan)["id"]
    person = {"name": f"{code} Person", "email": f"{code.lower()}@example.com", "branch_id": branch}
    customer = str(api.ok("POST", "/customers", json=person)["id"])
    body = {"plan_id": plan_id, "started_on": since.replace(day=1).isoformat()}
    api.ok("POST", f"/customers/{customer}/subscriptions", json=body)
    return customer
