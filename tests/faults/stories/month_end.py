"""Fault 17: a month ends with two replicas of everything, two relays and two schedulers."""

import time
from collections import Counter
from contextlib import ExitStack

from tests.faults.trial import Trial, fault
from tests.real_servers.fixtures import SERVICES

_CODES = ("NORTH", "SOUTH")


@fault("17", "month end with two replicas, relays and schedulers of everything")
def month_end(trial: Trial) -> None:
    """Every replica's scheduler would begin each branch's day: one of them does. Each subscription is charged once for
    each month, and the table of jobs has one row for each branch and date, though replicas are killed meanwhile.
    """
    with ExitStack() as stack:
        house = trial.grounds.open_house(stack)
        branches = _add_branches(house.api)
        december = {"HEADEND_TODAY": "2026-12-01", "HEADEND_SCHEDULE": "on"}
        for process in [*house.real.processes]:
            process.besides = december
        with trial.inspected(house), ExitStack() as seconds:
            for service in SERVICES:
                house.real.replace(house.process(service), december)
                seconds.enter_context(house.real.beside(service, december))
            house.wait_until_ready()
            for _ in range(int(trial.pick(4, 40))):
                victim = trial.dice.choice(house.real.processes)
                trial.inject(f"kill -9 {victim.name}")
                victim.kill()
                time.sleep(1.5)
            house.wait_until_ready()
            days = "SELECT period FROM jobs WHERE job = 'branch-day' AND state = 'done'"
            trial.within(
                "every branch's day has begun",
                lambda: len(house.databases.rows("billing", days)) >= len(branches),
            )
            unfinished = "SELECT count(*) FROM runs WHERE finished_at IS NULL OR statuses_pending"
            trial.within("every run has ended", lambda: not house.databases.one("billing", unfinished))
        rows = house.databases.rows(
            "billing", "SELECT subscription_id, period FROM charges WHERE kind = 'recurring'"
        )
        counts = Counter(rows)
        trial.demand(max(counts.values()) == 1, "A subscription was charged twice for one month")
        subscriptions = int(house.databases.one("billing", "SELECT count(*) FROM subscriptions"))
        charged = Counter(period for _, period in rows)
        trial.findings.same("Subscriptions charged for December", charged["2026-12"], subscriptions)
        began = Counter(period for (period,) in house.databases.rows("billing", days))
        trial.findings.same("Days begun", sorted(began), sorted(f"{code}:2026-12-01" for code in branches))


def _add_branches(api: object) -> list[str]:
    """Two branches besides, each with subscribers of its own; the codes of all."""
    from tests.stack.api import Api

    assert isinstance(api, Api)
    main = next(branch for branch in api.pages("/branches") if branch["code"] == "MAIN")
    same = {name: main[name] for name in ("currency", "time_zone", "locale")}
    for code in _CODES:
        branch = api.ok("POST", "/branches", json={"code": code, "name": code.title(), **same})["id"]
        plan = {
            "code": f"TV-{code}",
            "name": "Classic",
            "service": "cable_tv",
            "price": "250.00",
            "branch_id": branch,
        }
        plan_id = api.ok("POST", "/plans", json=plan)["id"]
        for number in range(10):
            person = {
                "name": f"{code} {number}",
                "email": f"{code.lower()}{number}@example.com",
                "branch_id": branch,
            }
            customer = api.ok("POST", "/customers", json=person)["id"]
            subscribed = {"plan_id": plan_id, "started_on": "2026-11-01"}
            api.ok("POST", f"/customers/{customer}/subscriptions", json=subscribed)
    return ["MAIN", *_CODES]
