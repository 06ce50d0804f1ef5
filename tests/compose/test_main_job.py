"""An operator's month through nginx and TLS: customers, plan, billing run, payment, mail, reminder, report."""

from tests.compose.stack import Stack
from tests.compose.town import PATIENCE, payer_of, settle
from tests.scenarios.checks.papers import read_workbook
from tests.scenarios.payers import History, pay
from tests.stack.api import Api
from tests.stack.builders import PERIOD, PRICE, add_plan, add_subscriber, bill
from tests.stack.mail import Mail


def paid_rows(api: Api) -> list[tuple[str, int, int, int]]:
    year, month = map(int, PERIOD.split("-"))
    body = {"kind": "payments", "service": "cable_tv", "year": year, "month": month,
            "selection": "paid", "format": "xlsx"}  # fmt: skip
    report = api.finished(f"/reports/{api.ok('POST', '/reports', json=body)['id']}")
    rows, _ = read_workbook(api.request("GET", f"/reports/{report['id']}/file").content)
    return rows


def letters(stack: Stack, to: str, subject: str) -> list[Mail]:
    return [mail for mail in stack.mailpit.mails() if mail.to == to and subject in mail.subject]


def test_a_month_from_customer_to_paid_report(stack: Stack, history: History) -> None:
    api = stack.admin()
    plan = add_plan(api, "TV-MONTH")
    payer, debtor = (add_subscriber(api, plan, name) for name in ("Żaneta Wójcik", "Anna Kowalska"))
    assert bill(api)["raised_count"] == 2

    pay(api, payer_of(payer), history, PATIENCE)
    run = api.ok("POST", "/dunning-runs", json={})
    assert api.finished(f"/dunning-runs/{run['id']}")["raised_count"] == 1

    assert settle(stack, history).problems == []
    (confirmation,) = letters(stack, payer.email, ", invoice ")
    assert PRICE in (confirmation.pdf_text() or "")
    told = [mail.to for mail in stack.mailpit.mails() if PRICE in mail.text]
    assert sorted(told) == sorted([payer.email, debtor.email])
    assert [row[1:] for row in paid_rows(api)] == [(25000, 25000, 0)]
