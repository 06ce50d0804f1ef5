"""Small builders through the API: a plan, a customer who subscribes to it, a billed month, a payment."""

import uuid
from dataclasses import dataclass
from typing import Any

from tests.stack.api import Api

TODAY, PERIOD = "2026-11-02", "2026-11"
PRICE = "250.00"


@dataclass(frozen=True)
class Subscriber:
    """A customer with one cable TV subscription."""

    id: str
    name: str
    email: str


def add_plan(api: Api, code: str = "TV-CLASSIC", price: str = PRICE) -> str:
    """A cable TV plan of the main branch; its id."""
    body = {"code": code, "name": "Classic Prime", "service": "cable_tv", "price": price}
    return str(api.ok("POST", "/plans", json=body)["id"])


def add_subscriber(api: Api, plan_id: str, name: str = "Anna Kowalska") -> Subscriber:
    """A customer of the main branch who subscribes to the plan from the first of the month."""
    email = f"{uuid.uuid4().hex[:12]}@example.com"
    customer = api.ok("POST", "/customers", json={"name": name, "email": email, "mobile": "+48 600 100 200"})
    body = {"plan_id": plan_id, "started_on": f"{PERIOD}-01"}
    api.ok("POST", f"/customers/{customer['id']}/subscriptions", json=body)
    return Subscriber(customer["id"], name, email)


def bill(api: Api) -> Any:
    """The month billed; the run when it is done."""
    run = api.ok("POST", "/billing-runs", json={"period": PERIOD})
    return api.finished(f"/billing-runs/{run['id']}")


def pay_all(api: Api, customer: Subscriber, key: str | None = None) -> Any:
    """Everything that the customer owes, in cash; the payment as answered."""
    total = api.ok("GET", f"/customers/{customer.id}/dues")["total"]
    path = f"/customers/{customer.id}/payments"
    return api.ok("POST", path, key=key or str(uuid.uuid4()), json={"amount": total, "mode": "cash"})
