"""A small sample operator, made by the same calls that people make, so that a newcomer sees the main job done.

Everything is addressed by fixed codes, CRF numbers and keys: a sample that was cut off goes on at the next start.
"""

import threading
import time
from datetime import date
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel

from chassis.logs import logger
from chassis.platform import Platform
from contracts.actor import Actor, Role
from contracts.calls import Call, billing, customers
from contracts.cards import BranchCard, PaymentMode, Service
from contracts.errors import Conflict, Refusal, RuleBroken, Unavailable
from contracts.fields import period_of
from deploy.sample_people import PEOPLE

log = logger(__name__)
Answer = TypeVar("Answer", bound=BaseModel)

BRANCHES = (
    (
        "MAIN",
        "Main",
        ("Headend Cable & Broadband", "12 Market Road, Kottayam 686001", "Telephone +91 481 256 0000"),
    ),
    (
        "MANIMALA",
        "Manimala",
        ("Headend Manimala", "Bridge Junction, Manimala 686543", "Telephone +91 482 824 0000"),
    ),
    ("ERUMELY", "Erumely", ("Headend Erumely", "Temple Road, Erumely 686509", "Telephone +91 482 821 0000")),
)
PLANS = (
    ("TV-CLASSIC", "Classic Prime", Service.CABLE_TV, "250.00"),
    ("TV-FAMILY", "Family HD", Service.CABLE_TV, "380.00"),
    ("NET-50", "Fibre 50 Mbit/s", Service.BROADBAND, "499.00"),
    ("NET-100", "Fibre 100 Mbit/s", Service.BROADBAND, "749.00"),
)


def fill_in_background(platform: Platform) -> None:
    """Fill an empty home with the sample operator, beside the running services."""
    marker = platform.settings.home / "sample.unfinished"
    sample = Sample(platform)

    def fill() -> None:
        try:
            if marker.exists() or sample.home_is_empty():
                marker.touch()
                sample.fill()
                marker.unlink()
        except Refusal as error:
            log.error(
                "the sample operator is not complete; it goes on at the next start", error=error.message
            )

    threading.Thread(target=fill, daemon=True, name="sample").start()


class Sample:
    """Drives the services as the operator's administrator would."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._today: date = platform.clock.today("Asia/Kolkata")
        self._actor = Actor(subject="sample", name="Sample", role=Role.ADMIN, branch_ids=None)

    def home_is_empty(self) -> bool:
        """Whether nobody was added yet."""
        return not self._call(customers.ListCustomers(limit=1)).items

    def fill(self) -> None:
        """Branches, plans, customers with subscriptions, two billed months, payments and reminders."""
        branches = [self._branch(*branch) for branch in BRANCHES]
        plans = {branch.id: self._plans(branch) for branch in branches}
        people = []
        for number, (name, mobile) in enumerate(PEOPLE):
            branch = branches[number % len(branches)]
            people.append(self._customer(number, name, mobile, branch, plans[branch.id]))
        for period in (self._earlier_month().strftime("%Y-%m"), period_of(self._today)):
            run = self._call(billing.StartBillingRun(period=period, idempotency_key=f"sample-bill-{period}"))
            self._wait_for_run(run.id, "billing")
        for number, customer_id in enumerate(people):
            self._pay(number, customer_id)
        dunning = self._call(billing.StartDunningRun(idempotency_key=f"sample-remind-{self._today}"))
        self._wait_for_run(dunning.id, "dunning")
        log.info("the sample operator is complete", customers=len(people))

    def _branch(self, code: str, name: str, letterhead: tuple[str, ...]) -> BranchCard:
        known = {branch.code: branch for branch in self._call(customers.ListBranches()).items}
        if code not in known:
            return self._call(
                customers.AddBranch(
                    code=code,
                    name=name,
                    currency="INR",
                    time_zone="Asia/Kolkata",
                    letterhead=letterhead,
                    upi_id=f"headend.{code.lower()}@example",
                    account_name=letterhead[0],
                )
            )
        return self._call(
            customers.ChangeBranch(
                branch_id=known[code].id,
                letterhead=letterhead,
                upi_id=f"headend.{code.lower()}@example",
                account_name=letterhead[0],
            )
        )

    def _plans(self, branch: BranchCard) -> dict[str, UUID]:
        known = {plan.code: plan.id for plan in self._call(billing.ListPlans(branch_id=branch.id)).items}
        for code, name, service, price in PLANS:
            if code not in known:
                added = billing.AddPlan(
                    code=code, name=name, service_kind=service, price=price, branch_id=branch.id
                )
                known[code] = self._call(added).id
        return known

    def _customer(
        self, number: int, name: str, mobile: str, branch: BranchCard, plans: dict[str, UUID]
    ) -> UUID:
        crf = str(1001 + number)
        found = [c for c in self._call(customers.ListCustomers(search=crf)).items if c.crf == crf]
        customer_id = found[0].id if found else self._call(
            customers.AddCustomer(
                crf=crf, name=name, email=f"customer{crf}@example.com", mobile=mobile, branch_id=branch.id,
                house_name=f"House {number + 1}", area=branch.name, district="Kottayam", state="Kerala",
                country="India", postal_code="686001",
            )
        ).id  # fmt: skip
        wanted = [("TV-CLASSIC", "TV-FAMILY")[number % 2]] if number % 3 != 2 else []
        wanted += [("NET-50", "NET-100")[number % 2]] if number % 3 != 0 else []
        for code in wanted:
            self._call(
                billing.AddSubscription(
                    customer_id=customer_id, plan_id=plans[code], started_on=self._earlier_month(),
                    idempotency_key=f"sample-{crf}-{code}",
                )
            )  # fmt: skip
        return customer_id

    def _pay(self, number: int, customer_id: UUID) -> None:
        dues = self._call(billing.GetDues(customer_id=customer_id))
        if number % 3 == 2 or dues.total is None or not dues.total:
            return
        first_period = [charge for charge in dues.charges if charge.period == dues.periods[0]]
        part = sum((charge.open.minor for charge in first_period), start=0)
        amount = dues.total if number % 5 else dues.total.of(part, dues.total.currency)
        online = number % 4 == 0
        try:
            self._call(
                billing.RecordPayment(
                    customer_id=customer_id, amount=amount.decimal_text(), idempotency_key=f"sample-pay-{customer_id}",
                    mode=PaymentMode.ONLINE if online else PaymentMode.CASH,
                    reference=f"UPI{70000000 + number}" if online else None,
                )
            )  # fmt: skip
        except (RuleBroken, Conflict) as error:
            log.info("sample payment was made before", reason=error.message)

    def _wait_for_run(self, run_id: UUID, kind: str) -> None:
        for _ in range(600):
            if self._call(billing.GetRun(run_id=run_id, kind=kind)).state in ("done", "failed"):
                return
            time.sleep(0.1)

    def _earlier_month(self) -> date:
        year, month = (
            (self._today.year, self._today.month - 1) if self._today.month > 1 else (self._today.year - 1, 12)
        )
        return date(year, month, 1)

    def _call(self, request: Call[Answer]) -> Answer:
        token = self._platform.signer.sign(self._actor)
        for attempt in range(20):
            try:
                return self._platform.client.call(request, actor_token=token, timeout=20)
            except Unavailable:
                if attempt == 19:
                    raise
                time.sleep(0.5)
        raise AssertionError("the loop returns or raises")
