"""Every page of staff and customers through gunicorn, 100,000 customers who all owe; beside a page without calls.

It stands last of all benches, as it moves the month that was billed.
"""

import contextlib
import re
import time
from collections import defaultdict
from typing import NamedTuple

import httpx

from billing.queries.cursors import cursor_of
from chassis.rpc_client import RpcClient
from contracts.calls.customers import CheckSession
from tests.bench.bench_payments import ensure_charged
from tests.bench.figures import Figure, answering
from tests.bench.house import House, scale
from tests.bench.load import Answer, Client, paced
from tests.browser.pages import PAGES, Page
from tests.browser.town import ACCOUNTS, inhabit, names_in
from tests.stack.embedded import PASSWORD
from tests.stack.people import OWN_PASSWORD, add_staff, sign_in_customer

_A_SECOND, _EACH, _WARM_UP, _CLIENTS = 10.0, 25, 3, 8
"""Pages a second, all kinds in turn: what a hundred staff ask for who open a page every ten seconds."""
_P95, _DASHBOARD_P95 = 0.150, 0.250
_DUE = "2026-10"
"""The month that is made of the billed one: what was charged ahead is not due yet, and nobody would owe anything."""

MORE = (
    Page("reminder_pages.list_all", "/reminders?amount=100000"),
    Page("reminder_pages.list_all", "/reminders?cursor={deep}"),
    Page("reminder_pages.send", "/reminders/send"),
    Page("customer_pages.find", "/customers?search=an"),
)
"""Addresses whose cost would grow first, beside those that the browser looks at."""


_FLOOR = Page("account.sign_in", "/sign-in", "nobody")


class Asked(NamedTuple):
    """A page as somebody asks for it."""

    page: Page
    path: str
    cookie: str


class Browser(Client):
    """A kept-alive connection that asks for pages, as whoever the cookie says."""

    def __init__(self, address: str) -> None:
        super().__init__(address, "")
        self.waits: dict[Page, list[float]] = defaultdict(list)

    def open(self, asked: Asked) -> Answer:
        """Status and body of a page. Waits count from here: what earlier pages held back is not this one's."""
        began = time.perf_counter()
        self._connection.request("GET", asked.path, headers={"Cookie": asked.cookie, "Accept": "text/html"})
        answer = self._connection.getresponse()
        status, body = answer.status, answer.read()
        self.waits[asked.page].append(time.perf_counter() - began)
        assert status == 200, f"{asked.path} answers {status}: {body[:300]!r}"
        return status, body


def pages(house: House) -> list[Figure]:
    """Each page by somebody who may see it, a few of all kinds a second, as they come in a day."""
    ensure_charged(house)
    names, logins = _people(house)
    cookies = {role: _signed_in(house.address, *login) for role, login in logins.items()} | {"nobody": ""}
    house.settle()
    everything = [
        Asked(page, page.path.format(**names), cookies[page.role]) for page in (_FLOOR, *PAGES, *MORE)
    ]
    _waits(house.address, everything * _WARM_UP)
    waits = _waits(house.address, everything * max(3, int(_EACH * scale())))
    floor = waits.pop(_FLOOR)
    with contextlib.closing(RpcClient(house.amqp_uri, name="bench")) as client:
        figures = [answering("one call over the bus", _called(client, house.api.token), floor)]
    for page, taken in waits.items():
        limit = _DASHBOARD_P95 if page.path == "/" else _P95
        figures.append(answering(f"{page.path} ({page.role})", taken, floor, limit))
    return figures


def _waits(address: str, asked: list[Asked]) -> dict[Page, list[float]]:
    browsers = [Browser(address) for _ in range(_CLIENTS)]
    paced(browsers, _open, asked, _A_SECOND)
    return {page: [wait for one in browsers for wait in one.waits[page]] for page, *_ in dict.fromkeys(asked)}


def _open(client: Client, asked: Asked) -> Answer:
    assert isinstance(client, Browser)
    return client.open(asked)


def _people(house: House) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Somebody of each role in a branch of a quarter of the customers, who all owe what they were billed."""
    admin = house.api
    main = str(house.people[0].branch_id)
    admin.ok("PATCH", f"/branches/{main}", json=ACCOUNTS)
    branch = inhabit(admin, main, "Somebody of the bench")
    billing = house.connections["billing"]
    billing.execute("UPDATE charges SET period = %s WHERE period > %s", [_DUE, _DUE])
    billing.execute("VACUUM ANALYZE charges")
    staff = {
        role: add_staff(house, admin, f"{role}-bench", role, main)
        for role in ("manager", "cashier", "support", "technician")
    }
    customer = sign_in_customer(house, branch.customer)
    logins = {role: (f"{role}-bench", OWN_PASSWORD) for role in staff}
    logins |= {"admin": ("admin", PASSWORD), "customer": (branch.customer["username"], OWN_PASSWORD)}
    names = names_in(branch, admin, staff["cashier"], customer)
    return names | {"deep": _deep(house)}, logins


def _deep(house: House) -> str:
    """The cursor behind nine of ten debtors, which are in order of their ids as all owe since the same month."""
    ordered = sorted((person.id for person in house.people), key=lambda one: one.bytes)
    return cursor_of(_DUE, ordered[len(ordered) * 9 // 10])


def _signed_in(address: str, username: str, password: str) -> str:
    with httpx.Client(base_url=address) as web:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', web.get("/sign-in").text)
        assert token, "no form to sign in with"
        fields = {"username": username, "password": password, "csrf_token": token.group(1)}
        answer = web.post("/sign-in", data=fields, headers={"Origin": address})
        assert answer.status_code == 303, answer.text[:300]
        return "; ".join(f"{name}={value}" for name, value in web.cookies.items())


def _called(client: RpcClient, token: str) -> list[float]:
    waits = []
    for _ in range(_EACH + _WARM_UP):
        began = time.perf_counter()
        client.call(CheckSession(token=token))
        waits.append(time.perf_counter() - began)
    return waits[_WARM_UP:]
