"""The operator that the browser visits: two branches, somebody of every role, names long and of other scripts."""

import uuid
from dataclasses import dataclass
from typing import Any

from tests.stack.api import Api
from tests.stack.builders import PERIOD
from tests.stack.embedded import PASSWORD, Embedded
from tests.stack.people import OWN_PASSWORD, add_customer, add_staff, sign_in_customer

ACCOUNTS = {"upi_id": "headend@bank", "account_name": "Headend Cable Ltd"}
LONG = "Wijesekera Mudiyanselage Samaranayake Bandaranaike-Kumaratunga Ranasinghe"

ID_NUMBER = "X-99994321"

COMPLAINT = {
    "kind": "no_signal",
    "service": "cable_tv",
    "message": "No picture since the storm.\nPlease come.",
}


@dataclass(frozen=True)
class Branch:
    """A branch with a customer who paid a part and complained, and the payment."""

    id: str
    plan: str
    customer: Any
    payment: str
    invoice: str
    subscription: str
    complaint: str


@dataclass(frozen=True)
class Town:
    """Everything built once; `logins` are user name and password by role."""

    headend: Embedded
    a: Branch
    b: Branch
    logins: dict[str, tuple[str, str]]
    names: dict[str, str]
    """What addresses of pages about branch A are made with."""


def build(headend: Embedded) -> Town:
    """Two branches, staff of branch A, the customer of branch A with their own password, and some of everything."""
    admin = headend.admin()
    a, b = _branch(admin, "AAA", LONG), _branch(admin, "BBB", "王小明")
    staff = {
        role: add_staff(headend, admin, f"{role}-a", role, a.id)
        for role in ("manager", "cashier", "support", "technician")
    }
    customer = sign_in_customer(headend, a.customer)
    logins = {role: (f"{role}-a", OWN_PASSWORD) for role in staff}
    logins["admin"] = ("admin", PASSWORD)
    logins["customer"] = (a.customer["username"], OWN_PASSWORD)
    return Town(headend, a, b, logins, names_in(a, admin, staff["cashier"], customer))


def names_in(a: Branch, admin: Api, cashier: Api, customer: Api) -> dict[str, str]:
    """What pages about this branch are addressed by, for which some things are made: a complaint, an online payment
    that waits, a report, a run that reminds the customer, an open cash desk.
    """
    of_customer = f"/customers/{a.customer['id']}"
    complaint = customer.ok("POST", f"{of_customer}/complaints", key=str(uuid.uuid4()), json=COMPLAINT)
    asked = {"amount": "250.00", "provider": "manual"}
    online = customer.ok("POST", f"{of_customer}/online-payments", key=str(uuid.uuid4()), json=asked)
    customer.ok("POST", f"/online-payments/{online['id']}/reference", json={"reference": "UPI-4711"})
    about = {"kind": "payments", "service": "cable_tv", "year": 2026, "month": 11, "selection": "unpaid"}
    report = admin.ok("POST", "/reports", json={**about, "format": "pdf", "branch_id": a.id})
    admin.finished(f"/reports/{report['id']}")
    chosen = {"branch_id": a.id, "customer_ids": [a.customer["id"]]}
    run = admin.ok("POST", "/dunning-runs", json=chosen)
    session = cashier.ok(
        "POST", "/cash-sessions", key=str(uuid.uuid4()), json={"branch_id": a.id, "opening": "500.00"}
    )
    colleague = next(one for one in admin.ok("GET", "/staff")["items"] if one["role"] == "support")
    return {
        "customer": a.customer["id"], "payment": a.payment, "invoice": a.invoice, "subscription": a.subscription,
        "branch": a.id, "plan": a.plan, "complaint": complaint["number"], "online": online["id"],
        "report": report["id"], "run": run["id"], "session": session["id"], "staff": colleague["id"],
    }  # fmt: skip


def _branch(admin: Api, code: str, name: str) -> Branch:
    body = {"code": code, "name": f"Branch {code}", "currency": "INR", "time_zone": "Asia/Kolkata"}
    paper = {
        "letterhead": ["Headend Cable Ltd", "14 Temple Road", "560001 Bengaluru"],
        "tax_id": "29ABCDE1234F1Z5",
    }
    return inhabit(admin, admin.ok("POST", "/branches", json={**body, **ACCOUNTS, **paper})["id"], name)


def inhabit(admin: Api, branch: str, name: str) -> Branch:
    """A plan and some customers for a branch, one of whom subscribes to it, is billed for the month and pays a part."""
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
    document = {"id_type": "Passport", "id_number": ID_NUMBER}
    admin.ok("PATCH", f"/customers/{customer['id']}", json=document)
    subscribed = {"plan_id": plan_id, "started_on": f"{PERIOD}-01"}
    subscription = admin.ok("POST", f"/customers/{customer['id']}/subscriptions", json=subscribed)["id"]
    run = admin.ok("POST", "/billing-runs", json={"period": PERIOD, "branch_id": branch})
    admin.finished(f"/billing-runs/{run['id']}")
    path, paid = f"/customers/{customer['id']}/payments", {"amount": "300.00", "mode": "cash"}
    payment = admin.ok("POST", path, key=str(uuid.uuid4()), json=paid)
    complaint = admin.ok(
        "POST", f"/customers/{customer['id']}/complaints", key=str(uuid.uuid4()), json=COMPLAINT
    )
    return Branch(
        branch, plan_id, customer, payment["payment_number"], payment["invoice_number"], subscription,
        complaint["number"],
    )  # fmt: skip
