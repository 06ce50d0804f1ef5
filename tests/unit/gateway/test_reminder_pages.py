"""Pages of reminders: debtors, a look before sending, progress, the mail in its frame, promises, schedules."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contracts.actor import Role
from contracts.calls import reminders as calls
from contracts.calls.billing import GetDues, GetRun, PromiseView, RunView, StartDunningRun
from contracts.calls.customers import (
    BranchList,
    ChangeBranch,
    CheckSession,
    GetBranch,
    GetCustomer,
    ListBranches,
)
from contracts.calls.notify import MessagePreview, PreviewMessage
from contracts.cards import ReminderStage, Service
from contracts.errors import Conflict, FieldError, RuleBroken
from contracts.events import DuesOutstanding
from contracts.samples import SAMPLES
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import ScriptedClient
from tests.unit.gateway.test_pages import GOOD, csrf_of, submit

RUN = UUID(int=70)
OF_CUSTOMER = f"/customers/{answers.CUSTOMER}"
SCHEDULE = f"/reminders/schedules/{answers.BRANCH}"
PROMISE = PromiseView(
    promised_until=date(2026, 11, 30), note="on payday", made_by="Asha Rao", made_at=answers.AT
)


def debtor(**changed: Any) -> calls.DebtorView:
    fields: dict[str, Any] = {
        "customer_id": answers.CUSTOMER, "branch_id": answers.BRANCH, "crf": "1001", "name": "Fish & Chips <Ltd",
        "area": "=Hill", "has_email": False, "total": answers.RUPEES, "oldest": "2026-10", "last_reminded": None,
        "promise": PROMISE, "stage": ReminderStage.FIRM,
    }  # fmt: skip
    return calls.DebtorView(**{**fields, **changed})


def run(done: int, finished: bool) -> RunView:
    return RunView(
        id=RUN, kind="dunning", state="done" if finished else "running", done=done, total=7, period=None,
        branch_id=None, preview=False, business_date=date(2026, 11, 21), raised_count=done,
        raised=(answers.RUPEES,), started_at=answers.AT, finished_at=answers.AT if finished else None, problem=None,
    )  # fmt: skip


Sit = Callable[[Role], FlaskClient]


@pytest.fixture
def sit(make_app: Callable[..., Flask], bus: ScriptedClient) -> Sit:
    """A browser of somebody of that role."""
    bus.tell(GetCustomer, answers.customer())
    bus.tell(GetDues, answers.dues().model_copy(update={"promise": PROMISE}))
    bus.tell(ListBranches, BranchList(items=(answers.branch(),)))
    bus.tell(GetBranch, answers.branch())
    bus.tell(calls.ListDebtors, calls.DebtorList(items=(debtor(),), next="more"))
    bus.tell(calls.SumDebtors, calls.DebtorSums(customers=7043, totals=(answers.RUPEES,)))
    bus.tell(calls.PreviewReminders, calls.ReminderPreview(customers=3, totals=(answers.RUPEES,), left_out=2))
    bus.tell(StartDunningRun, run(0, finished=False))
    bus.tell(calls.DraftReminder, calls.ReminderDraft(event=SAMPLES[DuesOutstanding]))
    bus.tell(
        PreviewMessage,
        MessagePreview(recipient="a@example.com", subject="Reminder", text="Dear <Asha>", html="<p>Hi</p>"),
    )

    def sitting(role: Role) -> FlaskClient:
        bus.tell(CheckSession, answers.issued(answers.me(role)))
        web = make_app().test_client()
        assert submit(web, "/sign-in", GOOD).status_code == 303
        return web

    return sitting


def test_the_list_shows_who_owes_and_the_sums_once(sit: Sit, bus: ScriptedClient) -> None:
    web = sit(Role.MANAGER)
    page = web.get("/reminders").text
    assert "7,043" in page and "₹250.00" in page and "October 2026" in page and "No e-mail" in page
    assert ">Firm</a>" in page and f'href="{OF_CUSTOMER}/reminder"' in page
    web.get("/reminders?cursor=more")
    assert bus.count(calls.SumDebtors) == 1


def test_filters_are_in_the_address_and_what_is_wrong_in_it_is_left_out(
    sit: Sit, bus: ScriptedClient
) -> None:
    web = sit(Role.MANAGER)
    web.get(
        f"/reminders?area=Hill&service=cable_tv&older=2&amount=500&promise=no&quiet=7&branch={answers.BRANCH}"
    )
    asked = bus.last(calls.ListDebtors).filter
    assert (asked.area, asked.service_kind, asked.older_than_months, asked.minimum_amount, asked.promised,
            asked.not_reminded_days, asked.branch_id) == (
        "Hill", Service.CABLE_TV, 2, "500", False, 7, answers.BRANCH,
    )  # fmt: skip
    assert web.get("/reminders?older=x&amount=NaN&service=x&promise=x&quiet=0&branch=x").status_code == 200
    asked = bus.last(calls.ListDebtors).filter
    assert (asked.older_than_months, asked.minimum_amount, asked.not_reminded_days) == (None, None, None)


def test_what_would_be_sent_is_shown_first_and_then_sent_once_per_key(sit: Sit, bus: ScriptedClient) -> None:
    web = sit(Role.MANAGER)
    path = f"/reminders/send?area=Hill&customer={answers.CUSTOMER}"
    page = web.get(path)
    assert "Send 3 reminders" in page.text and "Are left out" in page.text
    assert bus.count(StartDunningRun) == 0
    key = page.text.split('name="key"')[1].split('value="')[1].split('"')[0]
    sent = web.post(path, data={"key": key, "csrf_token": csrf_of(page)})
    assert sent.location == f"/reminders/runs/{RUN}"
    asked = bus.last(StartDunningRun)
    assert (asked.customer_ids, asked.filter.area, asked.force, asked.idempotency_key) == (
        (answers.CUSTOMER,), "Hill", False, key,
    )  # fmt: skip


def test_many_are_counted_when_somebody_asks_for_it(sit: Sit, bus: ScriptedClient) -> None:
    def counted(request: calls.SumDebtors) -> calls.DebtorSums:
        return calls.DebtorSums(
            customers=0 if request.at_most else 7043, totals=(), complete=not request.at_most
        )

    bus.tell(calls.SumDebtors, counted)
    web = sit(Role.MANAGER)
    page = web.get("/reminders?area=Hill").text
    assert "/reminders?area=Hill&amp;count=y" in page and "7,043" not in page
    assert "7,043" in web.get("/reminders?area=Hill&count=y").text


def test_many_are_counted_before_they_are_reminded(sit: Sit, bus: ScriptedClient) -> None:
    def counted(request: calls.PreviewReminders) -> calls.ReminderPreview:
        complete = request.at_most is None
        return calls.ReminderPreview(
            customers=7043 if complete else 0, totals=(), left_out=0, complete=complete
        )

    web = sit(Role.MANAGER)
    bus.tell(calls.PreviewReminders, counted)
    page = web.get("/reminders/send?area=Hill&force=y").text
    assert "count=y" in page and "force=y" in page and '<button type="submit">Send' not in page
    assert "Send 7043 reminders" in web.get("/reminders/send?area=Hill&count=y").text


def test_who_is_searched_for_by_amount_is_looked_for_further(sit: Sit, bus: ScriptedClient) -> None:
    web = sit(Role.MANAGER)
    bus.tell(calls.ListDebtors, calls.DebtorList(items=(), next="behind"))
    page = web.get("/reminders?amount=5000").text
    assert "Nobody so far" in page and "/reminders?amount=5000&amp;cursor=behind" in page


def test_force_is_chosen_in_words_and_counted_before(sit: Sit, bus: ScriptedClient) -> None:
    web = sit(Role.MANAGER)
    assert "force=y" in web.get("/reminders/send").text
    page = web.get("/reminders/send?force=y")
    assert bus.last(calls.PreviewReminders).force
    web.post("/reminders/send", data={"key": "k", "force": "y", "csrf_token": csrf_of(page)})
    assert bus.last(StartDunningRun).force


def test_a_run_under_way_is_said(sit: Sit, bus: ScriptedClient) -> None:
    bus.tell(StartDunningRun, Conflict("A dunning run is under way, 3 of 7 done; wait until it is done."))
    web = sit(Role.MANAGER)
    token = csrf_of(web.get("/reminders/send"))
    page = web.post("/reminders/send", data={"key": "k", "csrf_token": token})
    assert page.status_code == 409 and "3 of 7 done" in page.text


def test_progress_asks_again_until_it_is_done(sit: Sit, bus: ScriptedClient) -> None:
    web = sit(Role.MANAGER)
    bus.tell(GetRun, run(3, finished=False))
    page = web.get(f"/reminders/runs/{RUN}").text
    assert "3 of 7 customers" in page and 'data-refresh="2"' in page and "Look again" in page
    bus.tell(GetRun, run(7, finished=True))
    assert "data-refresh" not in web.get(f"/reminders/runs/{RUN}").text


def test_the_mail_is_shown_as_it_will_be_where_it_can_do_nothing(sit: Sit, bus: ScriptedClient) -> None:
    web = sit(Role.MANAGER)
    page = web.get(f"{OF_CUSTOMER}/reminder")
    assert "Dear &lt;Asha&gt;" in page.text and "<iframe" in page.text and "sandbox" in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    mail = web.get(f"{OF_CUSTOMER}/reminder/mail")
    assert mail.text == "<p>Hi</p>"
    policy = mail.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "script" not in policy
    assert mail.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert bus.last(PreviewMessage).template == "dues_outstanding"


def test_other_pages_are_still_framed_by_nobody(sit: Sit) -> None:
    page = sit(Role.MANAGER).get("/reminders")
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "frame-src 'none'" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_who_owes_nothing_has_no_mail(sit: Sit, bus: ScriptedClient) -> None:
    bus.tell(calls.DraftReminder, calls.ReminderDraft(event=None))
    web = sit(Role.MANAGER)
    assert "so there is no reminder" in web.get(f"{OF_CUSTOMER}/reminder").text
    assert web.get(f"{OF_CUSTOMER}/reminder/mail").status_code == 404


def test_a_promise_is_noted_and_withdrawn(sit: Sit, bus: ScriptedClient) -> None:
    bus.tell(calls.PromiseToPay, calls.PromiseAnswer(promise=PROMISE))
    bus.tell(calls.WithdrawPromise, calls.PromiseAnswer(promise=None))
    web = sit(Role.CASHIER)
    sent = submit(web, f"{OF_CUSTOMER}/promise", {"promised_until": "2026-11-30", "note": "on payday"})
    assert sent.location == OF_CUSTOMER
    assert bus.last(calls.PromiseToPay).promised_until == date(2026, 11, 30)
    token = csrf_of(web.get(f"{OF_CUSTOMER}/promise"))
    assert web.post(f"{OF_CUSTOMER}/promise/withdrawal", data={"csrf_token": token}).location == OF_CUSTOMER


def test_a_day_that_will_not_do_is_said_beside_it(sit: Sit, bus: ScriptedClient) -> None:
    said = "Choose a day from today to 2027-02-21."
    refusal = RuleBroken(said, errors=[FieldError(field="promised_until", code="x", message=said)])
    bus.tell(calls.PromiseToPay, refusal)
    page = submit(sit(Role.CASHIER), f"{OF_CUSTOMER}/promise", {"promised_until": "2020-01-01"})
    assert page.status_code == 422 and f'id="promised_until-error">{said}' in page.text


def test_the_file_has_the_filtered_set_and_no_formula(sit: Sit, bus: ScriptedClient) -> None:
    bus.tell(calls.ListDebtors, calls.DebtorList(items=(debtor(),)))
    lines = sit(Role.MANAGER).get("/reminders.csv?area=Hill").text.splitlines()
    assert len(lines) == 2 and "'=Hill" in lines[1] and "250.00,INR" in lines[1]
    assert bus.last(calls.ListDebtors).filter.area == "Hill"


def test_the_admin_sets_a_schedule(sit: Sit, bus: ScriptedClient) -> None:
    bus.tell(ChangeBranch, answers.branch())
    web = sit(Role.ADMIN)
    fields = {"days": "20, 5", "pause": "10", "friendly": "0", "firm": "2", "final": ""}
    assert submit(web, SCHEDULE, fields).location == "/reminders/schedules"
    asked = bus.last(ChangeBranch)
    assert (asked.reminder_days, asked.reminder_pause_days) == ((5, 20), 10)
    assert [(rule.stage, rule.from_months) for rule in asked.reminder_stages] == [
        ("friendly", 0),
        ("firm", 2),
    ]
    for wrong in ({"days": "31"}, {"days": "monday"}, {"pause": "0"}, {"friendly": "", "firm": ""}):
        assert submit(web, SCHEDULE, {**fields, **wrong}).status_code == 422


def test_a_manager_sees_schedules_and_sets_none(sit: Sit) -> None:
    web = sit(Role.MANAGER)
    page = web.get("/reminders/schedules").text
    assert "by hand only" in page and SCHEDULE not in page
    assert web.get(SCHEDULE).status_code == 403


@pytest.mark.parametrize("role", [Role.CASHIER, Role.SUPPORT, Role.TECHNICIAN, Role.CUSTOMER])
def test_reminders_are_for_who_runs_them(sit: Sit, role: Role) -> None:
    web = sit(role)
    for path in ("/reminders", "/reminders.csv", "/reminders/send", "/reminders/schedules",
                 f"{OF_CUSTOMER}/reminder", f"{OF_CUSTOMER}/reminder/mail"):  # fmt: skip
        assert web.get(path).status_code == 403, path
