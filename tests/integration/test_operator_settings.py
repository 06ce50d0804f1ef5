"""Own words, the test of the mail server and a month's report, through the whole house to a real mail server."""

import re
from pathlib import Path

import pytest

from tests.stack.builders import add_plan, add_subscriber, bill, pay_all
from tests.stack.embedded import Embedded
from tests.stack.mail import Mail, Sink
from tests.stack.processes import wait_until

BOSS = "boss@example.com"


def mail_to(sink: Sink, address: str, subject: str) -> Mail:
    """The mail to that address whose subject holds these words, once it is there."""

    def found() -> list[Mail]:
        return [mail for mail in sink.mails() if mail.to == address and subject in mail.subject]

    wait_until(f"the mail {subject!r} to {address}", lambda: bool(found()), 60)
    return found()[0]


@pytest.mark.slow
def test_what_an_operator_sets_is_what_people_get(tmp_path: Path) -> None:
    with Sink() as sink:
        post = {"smtp_host": "127.0.0.1", "smtp_port": str(sink.port), "smtp_security": "plain"}
        with Embedded(tmp_path / "home", today="2026-11-02", **post) as headend:
            admin = headend.admin()
            (me,) = admin.ok("GET", "/staff")["items"]
            admin.ok("PATCH", f"/staff/{me['id']}", json={"email": BOSS})
            admin = headend.admin()
            tested = admin.ok("POST", "/mail-server/test", json={"locale": "fr"})
            assert (tested["outcome"], tested["answer"], tested["recipient"]) == ("sent", "250 kept", BOSS)
            assert "Ceci est un essai" in mail_to(sink, BOSS, "Essai du serveur").text

            words = {
                "subject": "Merci {name}: {amount}",
                "body": "Thank you, {name}.\n\n{lines}",
                "version": 0,
            }
            admin.ok("PUT", "/letters/payment_made/en", json=words)
            anna = add_subscriber(admin, add_plan(admin))
            bill(admin)
            pay_all(admin, anna)
            thanks = mail_to(sink, anna.email, "Merci Anna Kowalska: ₹250.00")
            assert "November 2026, Cable TV, Classic Prime: ₹250.00" in thanks.text

            wanted = {"service": "cable_tv", "selection": "paid", "format": "xlsx"}
            admin.ok("POST", "/standing-reports", json=wanted)
        with Embedded(tmp_path / "home", today="2026-12-01", schedule="on", **post) as headend:
            told = mail_to(sink, BOSS, "Cable TV, paid, November 2026")
            link = re.search(r"/reports/([0-9a-f-]{36})", told.text)
            assert link and "Charges listed: 1" in told.text
            admin = headend.admin()
            answer = admin.request("GET", f"/reports/{link.group(1)}/file")
            assert answer.status_code == 200 and answer.content.startswith(b"PK")
            made = admin.ok("GET", "/reports")["items"]
            assert {(one["selection"], one["format"]) for one in made if one["monthly"]} == {
                ("paid", "pdf"), ("unpaid", "pdf"), ("paid", "xlsx"),
            }  # fmt: skip
