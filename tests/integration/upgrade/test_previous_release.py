"""The release before this one serves on while databases are migrated, and beside replicas of this one."""

import subprocess
from pathlib import Path

import pytest

from contracts.topology import SERVICES
from deploy.verify.databases import Databases
from deploy.verify.installation import verify
from deploy.verify.waiting import left_over
from tests.stack.api import Api
from tests.stack.builders import TODAY, Subscriber, add_plan, add_subscriber, bill, pay_all
from tests.stack.mail import Sink
from tests.stack.previous_release import NoPreviousRelease, code_of_previous_release
from tests.stack.processes import HEADEND, Process, wait_until
from tests.stack.real import Real

pytestmark = pytest.mark.slow


def test_the_old_release_does_the_main_job_on_the_new_schema_and_beside_new_replicas(
    service_databases: dict[str, str], amqp_uri: str, tmp_path: Path
) -> None:
    try:
        old_code = code_of_previous_release(tmp_path / "old")
    except NoPreviousRelease as missing:
        pytest.skip(str(missing))
    databases = Databases(service_databases)
    with Sink() as sink:
        stack = Real(tmp_path / "home", service_databases, amqp_uri, smtp_port=sink.port, today=TODAY)
        new_environment = dict(stack.environment)
        with stack.running(old_code) as old:
            _upgrade(old, new_environment, databases, tmp_path)
        assert verify(databases, settled=True).problems == []
        assert len(sink.mails()) == len({str(mail.message["Message-ID"]) for mail in sink.mails()})


def _upgrade(old: Real, new_environment: dict[str, str], databases: Databases, logs: Path) -> None:
    """Migrate under the old release at work, then start replicas of this one beside it; all arrives."""
    api = old.admin()
    people = _month_begun(api)
    before = _forms(databases)
    for command in ("keys", "migrate"):
        subprocess.run([*HEADEND, command], env=new_environment, check=True, capture_output=True)
    assert _forms(databases) != before, "nothing was migrated, so that nothing is proved"
    _main_job(api, people[2:5])
    new = [
        Process(f"new-{service}", ["serve", service], new_environment, logs / f"new-{service}.log")
        for service in SERVICES
    ]
    try:
        for process in new:
            process.start()
        wait_until("new replicas serve", lambda: all("serving" in one.log() for one in new), 120)
        _main_job(api, people[5:])
        wait_until("everything has arrived", lambda: not left_over(databases), 180)
    finally:
        for process in new:
            process.kill()


def _month_begun(api: Api) -> list[Subscriber]:
    plan = add_plan(api)
    people = [add_subscriber(api, plan, f"Customer {number}") for number in range(9)]
    bill(api)
    for person in people[:2]:
        pay_all(api, person)
    return people


def _main_job(api: Api, people: list[Subscriber]) -> None:
    """A new customer; payments, one of them voided and paid again; reminders; the dashboard."""
    plan = api.ok("GET", "/plans")["items"][0]["id"]
    add_subscriber(api, plan, "Somebody new")
    for person in people[1:]:
        pay_all(api, person)
    paid = pay_all(api, people[0])
    api.ok("POST", f"/payments/{paid['payment_number']}/void", json={"reason": "Typed in for another."})
    pay_all(api, people[0])
    run = api.ok("POST", "/dunning-runs", json={})
    api.finished(f"/dunning-runs/{run['id']}")
    assert api.request("GET", "/dashboard").is_success


def _forms(databases: Databases) -> list[str]:
    return [str(databases.one(service, "SELECT version_num FROM alembic_version")) for service in SERVICES]
