"""The doors: every call of the contract has one, and what is not copied yet is asked of its owner."""

import inspect
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from billing import jobs
from billing.copies import KnownBranch
from billing.jobs import branch_days
from billing.service import BillingService
from billing.tables import Run
from billing.triggers import APPEND_ONLY
from billing.usecases.keep_customer import keep_branch
from chassis.actor_tokens import ActorSigner
from chassis.migrations import migrate, migrations_of
from chassis.platform import Platform
from chassis.rpc_client import RpcClient
from chassis.settings import Settings
from chassis.tables import JobRow
from contracts.calls import Call, reminders
from contracts.calls import billing as calls
from contracts.calls.customers import GetBranchCard, GetCustomerCard
from contracts.cards import BranchCard, CustomerCard
from contracts.errors import NotFound
from tests.unit.billing.builders import ADMIN

CONTRACT: dict[str, type[Call[Any]]] = {
    member.method: member
    for member in (*vars(calls).values(), *vars(reminders).values())
    if inspect.isclass(member) and issubclass(member, Call) and hasattr(member, "method")
}


class Owners:
    """Answers as the customers service would, and counts how often it was asked."""

    def __init__(self) -> None:
        self.branch = BranchCard(
            id=uuid4(), version=1, code="MAIN", name="Main", currency="INR", time_zone="UTC", locale="en"
        )
        self.customer = CustomerCard(id=uuid4(), version=1, branch_id=self.branch.id, crf="1", name="Deepa")
        self.asked: list[UUID] = []

    def call(self, request: Call[Any], *, actor_token: str = "") -> BranchCard | CustomerCard:
        known: dict[UUID, Any] = {self.branch.id: self.branch, self.customer.id: self.customer}
        assert isinstance(request, GetBranchCard | GetCustomerCard)
        wanted = request.branch_id if isinstance(request, GetBranchCard) else request.customer_id
        self.asked.append(wanted)
        if wanted not in known:
            raise NotFound("There is no such customer.")
        return cast(BranchCard | CustomerCard, known[wanted])


@pytest.fixture
def owners() -> Owners:
    return Owners()


@pytest.fixture
def service(tmp_path: Path, owners: Owners) -> Iterator[BillingService]:
    platform = Platform("billing", Settings(home=tmp_path), cast(RpcClient, owners))
    platform.keys.make_missing(("customers", "billing"))
    migrate(platform.database, migrations_of("billing"), APPEND_ONLY)
    service = BillingService()
    service.platform = platform
    yield service
    platform.database.close()


def ask(service: BillingService, method: str, *, signed: bool = True, **request: Any) -> dict[str, Any]:
    signer = ActorSigner(service.platform.keys, "customers", service.clock)
    actor = signer.sign(ADMIN) if signed else ""
    envelope = {"request": request, "actor": actor, "deadline": time.time() + 5}
    return cast(dict[str, Any], getattr(service, method)(envelope))


def test_every_call_of_the_contract_has_a_door() -> None:
    assert [method for method in CONTRACT if not hasattr(BillingService, method)] == []


@pytest.mark.parametrize("method", sorted(CONTRACT))
def test_no_door_opens_without_an_actor(service: BillingService, method: str) -> None:
    refused = ask(service, method, signed=False)["refusal"]
    assert refused["kind"] in ("unauthenticated", "invalid")


def test_a_customer_whose_event_is_under_way_is_asked_of_the_owner_once(
    service: BillingService, owners: Owners
) -> None:
    for _ in range(2):
        answer = ask(service, "get_dues", customer_id=str(owners.customer.id))
        assert answer["answer"]["has_dues"] is False
    assert owners.asked == [owners.customer.id, owners.branch.id]


def test_a_customer_whom_nobody_knows_is_not_found(service: BillingService) -> None:
    assert ask(service, "get_dues", customer_id=str(uuid4()))["refusal"]["kind"] == "not_found"


def test_a_branch_day_begins_once(service: BillingService, owners: Owners) -> None:
    with service.transaction() as session:
        keep_branch(session, owners.branch)
    for _ in range(2):
        branch_days(service.platform)
    with service.reading() as session:
        assert session.scalar(select(func.count()).select_from(Run)) == 1


def test_a_branch_whose_day_fails_holds_no_other_up(
    service: BillingService, owners: Owners, monkeypatch: pytest.MonkeyPatch
) -> None:
    healthy = owners.branch.model_copy(update={"id": uuid4(), "code": "ZZZ"})
    with service.transaction() as session:
        keep_branch(session, owners.branch)
        keep_branch(session, healthy)

    def begin(platform: Platform, session: Any, branch: KnownBranch) -> None:
        if branch.card.code == "MAIN":
            raise ValueError("Something nobody thought of.")
        begin_day(platform, session, branch)

    begin_day = jobs._begin_day
    monkeypatch.setattr(jobs, "_begin_day", begin)
    branch_days(service.platform)
    with service.reading() as session:
        assert session.scalars(select(Run.branch_ids)).all() == [[str(healthy.id)]]
        failed = session.execute(select(JobRow.state, JobRow.last_error).where(JobRow.period.like("MAIN%")))
        assert failed.one() == ("failed", "ValueError('Something nobody thought of.')")
