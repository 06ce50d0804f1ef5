"""The operator that the browser visits: two branches, somebody of every role, names long and of other scripts."""

import uuid
from dataclasses import dataclass
from typing import Any

from tests.stack.api import Api
from tests.stack.builders import PERIOD
from tests.stack.embedded import PASSWORD, Embedded
from tests.stack.people import OWN_PASSWORD, add_customer, add_staff, sign_in_customer

LONG = "Wijesekera Mudiyanselage Samaranayake Bandaranaike-Kumaratunga Ranasinghe"


@dataclass(frozen=True)
class Branch:
    """A branch with a customer who paid a part, and the payment."""

    id: str
    plan: str
    customer: Any
    payment: str
    invoice: str
    subscription: str


@dataclass(frozen=True)
class Town:
    """Everything built once; `logins` are user name and password by role."""

    headend: Embedded
    a: Branch
    b: Branch
    logins: dict[str, tuple[str, str]]


def build(headend: Embedded) -> Town:
    """Two branches, staff of branch A, the customer of branch A with a password of their own."""
    admin = headend.admin()
    a, b = _branch(admin, "AAA", LONG), _branch(admin, "BBB", "王小明")
    for role in ("manager", "cashier", "support", "technician"):
        add_staff(headend, admin, f"{role}-a", role, a.id)
    sign_in_customer(headend, a.customer)
    logins = {role: (f"{role}-a", OWN_PASSWORD) for role in ("manager", "cashier", "support", "technician")}
    logins["admin"] = ("admin", PASSWORD)
    logins["customer"] = (a.customer["username"], OWN_PASSWORD)
    return Town(headend, a, b, logins)


def _branch(admin: Api, code: str, name: str) -> Branch:
    body = {"code": code, "name": f"Branch {code}", "currency": "INR", "time_zone": "Asia/Kolkata"}
    branch = admin.ok("POST", "/branches", json=body)["id"]
    plan = {
        "code": "TV",
        "name": "Classic Prime",
        "service": "cable_tv",
        "price": "777.00",
        "branch_id": branch,
    }
    plan_id = admin.ok("POST", "/plans", json=plan)["id"]
    customer = add_customer(admin, branch, name)
    for other in ("علی رضایی", "Zofia Żółć", "Deepa Kumar"):
        add_customer(admin, branch, other)
    subscribed = {"plan_id": plan_id, "started_on": f"{PERIOD}-01"}
    subscription = admin.ok("POST", f"/customers/{customer['id']}/subscriptions", json=subscribed)["id"]
    run = admin.ok("POST", "/billing-runs", json={"period": PERIOD, "branch_id": branch})
    admin.finished(f"/billing-runs/{run['id']}")
    path, paid = f"/customers/{customer['id']}/payments", {"amount": "300.00", "mode": "cash"}
    payment = admin.ok("POST", path, key=str(uuid.uuid4()), json=paid)
    return Branch(
        branch, plan_id, customer, payment["payment_number"], payment["invoice_number"], subscription
    )
