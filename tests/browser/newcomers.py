"""People made for one story: customers who owe a month, payments, complaints, members of staff."""

import uuid
from dataclasses import dataclass
from typing import Any

from tests.browser.town import COMPLAINT, Town
from tests.stack.api import Api
from tests.stack.builders import PERIOD
from tests.stack.people import OWN_PASSWORD, add_customer, add_staff, sign_in_customer

PRICE = "777.00"
"""What each of them owes for November 2026."""


@dataclass(frozen=True)
class Newcomers:
    """Makes people of branch A, through the API."""

    town: Town
    admin: Api

    def owing(self, name: str) -> Any:
        """A customer who owes the price of November."""
        customer = add_customer(self.admin, self.town.a.id, name)
        subscribed = {"plan_id": self.town.a.plan, "started_on": f"{PERIOD}-01"}
        self.admin.ok("POST", f"/customers/{customer['id']}/subscriptions", json=subscribed)
        run = self.admin.ok("POST", "/billing-runs", json={"period": PERIOD, "branch_id": self.town.a.id})
        self.admin.finished(f"/billing-runs/{run['id']}")
        return customer

    def pay(self, customer: Any, amount: str = PRICE) -> Any:
        """Cash that the administrator took from them; the payment."""
        paid = {"amount": amount, "mode": "cash"}
        path = f"/customers/{customer['id']}/payments"
        return self.admin.ok("POST", path, key=str(uuid.uuid4()), json=paid)

    def payments(self, customer: Any) -> list[Any]:
        """What they paid so far."""
        return list(self.admin.pages(f"/customers/{customer['id']}/payments"))

    def complaint(self, customer: Any) -> str:
        """The number of a complaint filed for them."""
        path = f"/customers/{customer['id']}/complaints"
        return str(self.admin.ok("POST", path, key=str(uuid.uuid4()), json=COMPLAINT)["number"])

    def login(self, customer: Any) -> tuple[str, str]:
        """User name and password, once they have set their own."""
        sign_in_customer(self.town.headend, customer)
        return customer["username"], OWN_PASSWORD

    def staff(self, username: str, role: str) -> tuple[str, str]:
        """User name and password of another member of staff."""
        add_staff(self.town.headend, self.admin, username, role, self.town.a.id)
        return username, OWN_PASSWORD
