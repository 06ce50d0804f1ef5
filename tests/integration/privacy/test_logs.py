"""What people tell us is in no log: the main job with unmistakable values, at DEBUG, and all that can fail."""

import re
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy import inspect as look_at

from tests.stack.api import Api
from tests.stack.builders import PERIOD, TODAY, add_plan, bill
from tests.stack.embedded import PASSWORD
from tests.stack.mail import Sink
from tests.stack.processes import wait_until
from tests.stack.real import Real

NAME, BROKEN, PARKED = "Zxqvname Person", "Zxqvbroken Person", "Zxqvparked Person"
EMAIL, REFUSED = "zxqvmail@example.com", "zxqvrefused@example.com"
PERSON = {
    "name": NAME, "email": EMAIL, "mobile": "+919876501234", "house_name": "Zxqvhouse", "street": "Zxqvstreet 7",
    "area": "Zxqvarea", "district": "Zxqvdistrict", "id_number": "ZXQVID-7654321", "notes": "Zxqvnotes",
    "date_of_birth": "1967-08-09",
}  # fmt: skip
OWN_PASSWORD, WRONG_PASSWORD, NEW_PASSWORD = (
    "zxqv-own-Password-9",
    "zxqv-wrong-Password",
    "zxqv-new-Password-7",
)
COMPLAINT = "Zxqvcomplaint: no picture since the storm."

pytestmark = pytest.mark.slow


class QuotingSink(Sink):
    """A mail server that refuses one address and says it, as many do."""

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """Refuse or take a recipient."""
        if address == REFUSED:
            return f"550 5.1.1 <{address}>: there is no {address} here"
        envelope.rcpt_tos.append(address)
        return "250 OK"


def break_tables(databases: dict[str, str]) -> None:
    """From now on PostgreSQL refuses some rows, and quotes them whole."""
    for service, statement in (
        (
            "customers",
            "ALTER TABLE outbox ADD CONSTRAINT broken CHECK (CAST(body AS text) NOT LIKE '%Zxqvbroken%')",
        ),
        (
            "billing",
            "ALTER TABLE customers_copy ADD CONSTRAINT broken CHECK (CAST(card AS text) NOT LIKE '%Zxqvparked%')",
        ),
    ):
        engine = create_engine(databases[service].replace("postgresql://", "postgresql+psycopg://"))
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()


def stored(databases: dict[str, str]) -> list[str]:
    """Every row of every table of all services, as PostgreSQL writes it into a dump."""
    found = []
    for url in databases.values():
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.connect() as connection:
            for table in look_at(engine).get_table_names():
                rows = connection.execute(text(f'SELECT CAST(one AS text) FROM "{table}" AS one')).scalars()
                found += [f"{table}: {row}" for row in rows]
        engine.dispose()
    return found


def in_mail(sink: Sink, address: str, pattern: str) -> str:
    def found() -> list[str]:
        texts = [mail.text for mail in sink.mails() if mail.to == address]
        return [match.group(1) for match in map(re.compile(pattern).search, texts) if match]

    wait_until(f"the mail to {address}", lambda: bool(found()), 60)
    return found()[-1]


def main_job(admin: Api) -> Any:
    """A customer with every field, who subscribes, is billed, pays, complains, is looked at, changed and exported."""
    plan, customer = add_plan(admin), admin.ok("POST", "/customers", json=PERSON)
    path = f"/customers/{customer['id']}"
    admin.ok("POST", f"{path}/subscriptions", json={"plan_id": plan, "started_on": f"{PERIOD}-01"})
    bill(admin)
    paid = {"amount": "250.00", "mode": "online", "reference": "ZXQVREF-1"}
    admin.ok("POST", f"{path}/payments", key=str(uuid.uuid4()), json=paid)
    complaint = {"kind": "other", "message": COMPLAINT}
    admin.ok("POST", f"{path}/complaints", key=str(uuid.uuid4()), json=complaint)
    admin.ok("POST", f"{path}/id-number")
    admin.ok("PATCH", path, json={"street": "Zxqvstreet 8", "id_number": "ZXQVID-7654322"})
    assert [one["id"] for one in admin.ok("GET", "/customers", params={"search": NAME})["items"]] == [
        customer["id"]
    ]
    return customer


def submit(browser: httpx.Client, path: str, **fields: str) -> httpx.Response:
    """Fill in a page's form and send it."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(path).text)
    assert token is not None
    return browser.post(path, data={"csrf_token": token.group(1), **fields})


def secrets_of(headend: Real, sink: Sink, customer: Any) -> list[str]:
    """The one-time password, the code and the token that came to be; all passwords were typed."""
    once = in_mail(sink, EMAIL, r"One-time password: (\S+)")
    first = Api(headend.address).sign_in(customer["username"], once)
    first.ok("POST", "/me/password", json={"current_password": once, "password": OWN_PASSWORD})
    browser = httpx.Client(base_url=headend.address, timeout=30)
    submit(browser, "/password-reset", username=customer["username"])
    code = in_mail(sink, EMAIL, r"This is the code:\s+(\d{6})")
    wrong = "000000" if code != "000000" else "111111"
    typed = {"username": customer["username"], "password": NEW_PASSWORD, "repeated": NEW_PASSWORD}
    assert submit(browser, "/password-reset/code", code=wrong, **typed).status_code in (400, 422)
    assert submit(browser, "/password-reset/code", code=code, **typed).status_code == 303
    return [once, first.token, f'"{code}"', f"'{code}'", f" {code}"]  # digits alone are in moments too


def everything_that_fails(headend: Real, admin: Api, customer: Any) -> None:
    """Wrong passwords, requests of the wrong form, rows that the database refuses, a mail that is refused."""
    path = f"/customers/{customer['id']}"
    login = {"username": customer["username"], "password": WRONG_PASSWORD}
    assert Api(headend.address).request("POST", "/sessions", json=login).status_code == 401
    assert admin.request("PATCH", path, json={"email": "zxqvmail at example"}).status_code in (400, 422)
    assert admin.request("POST", "/customers", content=f'{{"name": "{NAME}"').status_code in (400, 415)
    assert admin.request("PATCH", path, json={"zxqvfield": NAME}).status_code in (400, 422)
    again = {**PERSON, "crf": customer["crf"]}
    assert admin.request("POST", "/customers", json=again).status_code in (409, 422)
    amount = {"amount": "1.00", "mode": "cash"}
    assert admin.request("POST", f"{path}/payments", key="zxqv-key", json=amount).status_code == 422
    assert admin.request("POST", "/customers", json={**PERSON, "name": BROKEN}).status_code == 500
    admin.ok("POST", "/customers", json={**PERSON, "name": PARKED, "email": REFUSED})
    browser = httpx.Client(base_url=headend.address, timeout=30)
    assert not browser.post("/sign-in", data=login).is_success
    assert not browser.get("/customers", params={"search": NAME}).is_success


def test_no_log_tells_what_people_told_and_no_database_holds_an_id_number(
    tmp_path: Path, service_databases: dict[str, str], amqp_uri: str
) -> None:
    home = tmp_path / "home"
    with (
        QuotingSink() as sink,
        Real(
            home, service_databases, amqp_uri, smtp_port=sink.port, today=TODAY, log_level="DEBUG"
        ) as headend,
    ):
        admin = headend.admin()
        customer = main_job(admin)
        secrets = secrets_of(headend, sink, customer)
        break_tables(service_databases)
        everything_that_fails(headend, admin, customer)
        failed = {"state": "failed"}
        wait_until("the refused mail", lambda: bool(admin.ok("GET", "/messages", params=failed)["items"]), 60)
        logs = {path.name: path for path in home.glob("*.log")}
        wait_until("the failing reaction", lambda: "reaction failed" in logs["billing-0.log"].read_text(), 60)
    told = [*PERSON.values(), BROKEN, PARKED, REFUSED, COMPLAINT, OWN_PASSWORD, WRONG_PASSWORD, NEW_PASSWORD, PASSWORD,
            "zxqv", "9876501234", *secrets, admin.token]  # fmt: skip
    lines = [(name, line) for name, path in logs.items() for line in path.read_text().splitlines()]
    assert len(lines) > 50 and any("call failed" in line for _, line in lines)
    found = [
        (name, value, line[:300]) for name, line in lines for value in told if value.lower() in line.lower()
    ]
    assert found == []
    numbers = ("ZXQVID-7654321", "ZXQVID-7654322")
    assert [row[:300] for row in stored(service_databases) if any(number in row for number in numbers)] == []
