"""What the resources of reminders and complaints ask of the services, and how they show the answers."""

from uuid import UUID

from flask.testing import FlaskClient

from contracts.calls import complaints, reminders
from contracts.calls.billing import RunView, StartDunningRun
from contracts.calls.customers import ChangeBranch
from contracts.cards import ReminderStage, Service
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import ScriptedClient
from tests.unit.gateway.test_complaint_pages import NUMBER, detail
from tests.unit.gateway.test_reminder_pages import debtor

OF_CUSTOMER = f"/api/v1/customers/{answers.CUSTOMER}"


def test_a_dunning_run_takes_a_choice(api: FlaskClient, bus: ScriptedClient) -> None:
    run = RunView(id=UUID(int=7), kind="dunning", state="queued", done=0, total=0, period=None, branch_id=None,
                  preview=False, business_date=answers.AT.date(), raised_count=0, raised=(), started_at=answers.AT,
                  finished_at=None, problem=None)  # fmt: skip
    bus.tell(StartDunningRun, run)
    body = {
        "customer_ids": [str(answers.CUSTOMER)], "force": True, "branch_id": str(answers.BRANCH),
        "filter": {"service": "broadband", "minimum_amount": 500},
    }  # fmt: skip
    assert api.post("/api/v1/dunning-runs", json=body).status_code == 202
    asked = bus.last(StartDunningRun)
    assert (asked.customer_ids, asked.force, asked.branch_id) == ((answers.CUSTOMER,), True, answers.BRANCH)
    assert (asked.filter.service_kind, asked.filter.minimum_amount) == (Service.BROADBAND, "500")
    assert api.post("/api/v1/dunning-runs").status_code == 202
    assert bus.last(StartDunningRun).customer_ids == ()


def test_debtors_are_filtered_by_the_query(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(reminders.ListDebtors, reminders.DebtorList(items=(debtor(),), next="more"))
    shown = api.get("/api/v1/debtors?service=cable_tv&promised=false&older_than_months=2&limit=10").get_json()
    assert (shown["items"][0]["total"], shown["items"][0]["stage"], shown["next"]) == (
        "250.00",
        "firm",
        "more",
    )
    assert shown["items"][0]["promise"]["promised_until"] == "2026-11-30"
    asked = bus.last(reminders.ListDebtors)
    assert (asked.filter.service_kind, asked.filter.promised, asked.filter.older_than_months, asked.limit) == (
        Service.CABLE_TV, False, 2, 10,
    )  # fmt: skip


def test_a_complaint_is_filed_with_a_key_and_says_where_it_is(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(complaints.FileComplaint, detail(replayed=True))
    body = {"kind": "no_signal", "service": "cable_tv", "message": "No picture."}
    assert api.post(f"{OF_CUSTOMER}/complaints", json=body).status_code == 400
    filed = api.post(f"{OF_CUSTOMER}/complaints", json=body, headers={"Idempotency-Key": "k"})
    assert (filed.status_code, filed.headers["Location"]) == (201, f"/api/v1/complaints/{NUMBER}")
    assert filed.headers["Idempotent-Replayed"] == "true"
    assert filed.get_json()["service"] == "cable_tv"


def test_stages_of_a_branch_are_asked_for_as_rules(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(ChangeBranch, answers.branch())
    body = {"reminder_stages": [{"stage": "firm", "from_months": 2}], "complaint_reopen_days": 3}
    shown = api.patch(f"/api/v1/branches/{answers.BRANCH}", json=body).get_json()
    assert bus.last(ChangeBranch).reminder_stages[0].stage is ReminderStage.FIRM
    assert shown["reminder_stages"] == [{"stage": "friendly", "from_months": 0}]
    assert (shown["reminder_pause_days"], shown["complaint_reopen_days"]) == (7, 7)
