"""An operator with two branches, staff of every kind and a customer in each branch, all signed in over HTTP."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.stack.api import Api
from tests.stack.builders import PERIOD, TODAY
from tests.stack.embedded import PASSWORD, Embedded
from tests.stack.people import OWN_PASSWORD, add_customer, add_staff, sign_in_customer
from tests.stack.processes import wait_until


@dataclass
class Branch:
    """A branch with everything in it that somebody might see or touch."""

    id: str
    plan: str
    customer: Any
    subscription: str
    payment: str
    invoice: str
    spare: str
    """Another customer of the branch, whom tests may deactivate."""
    complaint: str = ""
    message: str = ""
    report: str = ""
    staff: str = ""
    """A member of staff of the branch, whom tests may change."""
    run: str = ""
    dunning_run: str = ""
    online: str = ""
    """An online payment that was refused, so that nothing can become of it any more."""
    desk: str = ""
    """The open cash desk of the branch's cashier."""


@dataclass
class Operator:
    """The two branches, and who may call."""

    headend: Embedded
    a: Branch
    b: Branch
    callers: dict[str, Api] = field(default_factory=dict)
    logins: dict[str, tuple[str, str]] = field(default_factory=dict)
    """User name and password by caller, for those who come by a browser."""


@pytest.fixture(scope="module")
def headend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """A running Headend whose business date is TODAY."""
    with Embedded(tmp_path_factory.mktemp("headend") / "home", today=TODAY) as running:
        yield running


def _branch(admin: Api, code: str) -> Branch:
    body = {
        "code": code, "name": f"Branch {code}", "currency": "INR", "time_zone": "Asia/Kolkata",
        "upi_id": f"{code.lower()}@bank", "account_name": f"Accounts of {code}",
    }  # fmt: skip
    branch = admin.ok("POST", "/branches", json=body)["id"]
    plan = {"code": "TV", "name": "TV", "service": "cable_tv", "price": "777.00", "branch_id": branch}
    plan_id = admin.ok("POST", "/plans", json=plan)["id"]
    customer = add_customer(admin, branch, f"Customer {code}")
    subscribed = {"plan_id": plan_id, "started_on": f"{PERIOD}-01"}
    subscription = admin.ok("POST", f"/customers/{customer['id']}/subscriptions", json=subscribed)["id"]
    run = admin.ok("POST", "/billing-runs", json={"period": PERIOD, "branch_id": branch})
    admin.finished(f"/billing-runs/{run['id']}")
    chosen = {"branch_id": branch, "customer_ids": [customer["id"]]}
    reminded = admin.ok("POST", "/dunning-runs", json=chosen)
    path, paid = f"/customers/{customer['id']}/payments", {"amount": "555.00", "mode": "cash"}
    payment = admin.ok("POST", path, key=str(uuid.uuid4()), json=paid)
    spare = add_customer(admin, branch, f"Spare {code}")["id"]
    numbers = payment["payment_number"], payment["invoice_number"]
    runs = {"run": run["id"], "dunning_run": reminded["id"]}
    return Branch(branch, plan_id, customer, subscription, *numbers, spare, **runs)


def _confirmation(admin: Api, branch: Branch) -> str:
    """The message that confirms the branch's payment."""

    def sent() -> list[str]:
        found = admin.ok("GET", "/messages", params={"customer_id": branch.customer["id"]})["items"]
        return [
            item["id"] for item in found if item["template"] == "payment_made" and item["state"] == "sent"
        ]

    wait_until("the confirmation", lambda: bool(sent()), 60)
    return sent()[0]


@pytest.fixture(scope="module")
def operator(headend: Embedded) -> Operator:
    """Everything built once for the module."""
    admin = headend.admin()
    a, b = _branch(admin, "AAA"), _branch(admin, "BBB")
    made = Operator(headend, a, b, callers={"admin": admin})
    for who, role, branch in (
        ("manager_a", "manager", a), ("cashier_a", "cashier", a), ("cashier_b", "cashier", b),
        ("support_a", "support", a), ("technician_a", "technician", a),
    ):  # fmt: skip
        made.callers[who] = add_staff(headend, admin, who, role, branch.id)
    made.callers["customer_a"] = sign_in_customer(headend, a.customer)
    made.logins = {who: (who, OWN_PASSWORD) for who in made.callers}
    made.logins |= {"admin": ("admin", PASSWORD), "customer_a": (a.customer["username"], OWN_PASSWORD)}
    customers = (made.callers["customer_a"], sign_in_customer(headend, b.customer))
    cashiers = (made.callers["cashier_a"], made.callers["cashier_b"])
    for branch, customer, cashier in zip((a, b), customers, cashiers, strict=True):
        told = {"kind": "no_signal", "message": "No picture"}
        filed = admin.ok(
            "POST", f"/customers/{branch.customer['id']}/complaints", key=str(uuid.uuid4()), json=told
        )
        branch.complaint = filed["number"]
        branch.message = _confirmation(admin, branch)
        branch.report = _report(admin, branch)
        branch.staff = _colleague(admin, branch)
        branch.online = _refused_online_payment(admin, customer, branch)
        opened = {"branch_id": branch.id, "opening": "500.00"}
        branch.desk = cashier.ok("POST", "/cash-sessions", key=str(uuid.uuid4()), json=opened)["id"]
    return made


def _refused_online_payment(admin: Api, customer: Api, branch: Branch) -> str:
    path, asked = (
        f"/customers/{branch.customer['id']}/online-payments",
        {"amount": "222.00", "provider": "manual"},
    )
    online = str(customer.ok("POST", path, key=str(uuid.uuid4()), json=asked)["id"])
    customer.ok("POST", f"/online-payments/{online}/reference", json={"reference": f"UPI-{branch.payment}"})
    admin.ok("POST", f"/online-payments/{online}/refusal", json={"reason": "No such money"})
    return online


def _report(admin: Api, branch: Branch) -> str:
    """A finished report about the branch."""
    asked = {
        "kind": "payments", "service": "cable_tv", "year": 2026, "month": 11, "selection": "unpaid", "format": "pdf",
        "branch_id": branch.id,
    }  # fmt: skip
    report = str(admin.ok("POST", "/reports", json=asked)["id"])
    admin.finished(f"/reports/{report}")
    return report


def _colleague(admin: Api, branch: Branch) -> str:
    """A cashier of the branch who never signs in."""
    body = {"username": f"spare-{branch.id}", "email": "spare@staff.example.com", "role": "cashier"}
    return str(admin.ok("POST", "/staff", json={**body, "branch_ids": [branch.id]})["id"])
