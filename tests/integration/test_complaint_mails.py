"""A complaint from filing to resolving through the API, with the mails that go out by themselves (C51 to C54)."""

import uuid
from pathlib import Path

import pytest

from tests.stack.builders import TODAY
from tests.stack.embedded import Embedded
from tests.stack.people import add_customer, add_staff, sign_in_customer
from tests.stack.processes import wait_until

pytestmark = pytest.mark.slow


def test_a_complaint_is_acknowledged_by_mail_and_its_resolution_too(tmp_path: Path) -> None:
    with Embedded(tmp_path / "home", today=TODAY) as headend:
        admin = headend.admin()
        main = admin.ok("GET", "/branches")["items"][0]["id"]
        customer = add_customer(admin, main)
        support, caller = (
            add_staff(headend, admin, "meera", "support", main), sign_in_customer(headend, customer),
        )  # fmt: skip
        told = {"kind": "no_signal", "message": "No picture since yesterday."}
        key, path = str(uuid.uuid4()), f"/customers/{customer['id']}/complaints"
        number = caller.ok("POST", path, key=key, json=told)["number"]
        assert caller.ok("POST", path, key=key, json=told)["number"] == number == "MAIN-C2026-000001"
        assert support.ok("GET", "/complaints/counts") == {"open": 1, "unread": 1}
        answer = {"resolution": "The amplifier was replaced."}
        support.ok("POST", f"/complaints/{number}/resolution", json=answer)
        assert support.request("POST", f"/complaints/{number}/resolution", json=answer).status_code == 409

        def subjects() -> list[str]:
            return [mail.subject for mail in headend.mails() if mail.to == customer["email"]]

        wait_until("both mails", lambda: any("resolved" in subject for subject in subjects()), 30)
        assert subjects().count(f"Complaint {number} received") == 1
        (resolved,) = [mail for mail in headend.mails() if mail.subject == f"Complaint {number} is resolved"]
        assert "The amplifier was replaced." in resolved.text and f"/complaints/{number}" in resolved.text
        assert (
            caller.ok("POST", f"/complaints/{number}/reopening", json={"reason": "Dark again."})["state"]
            == "open"
        )
