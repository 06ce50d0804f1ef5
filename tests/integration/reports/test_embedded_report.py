"""A report through the whole house in one process: gateway, bus, read model, drawing, file."""

import io
import threading
import time
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.stack.api import Api
from tests.stack.builders import TODAY, add_plan, add_subscriber, bill, pay_all
from tests.stack.embedded import Embedded

NAME = "Żaneta Wójcik & Sons <Ltd>"


def fetch(api: Api, selection: str, form: str) -> bytes:
    body = {
        "kind": "payments",
        "service": "cable_tv",
        "year": 2026,
        "month": 11,
        "selection": selection,
        "format": form,
    }
    asked = api.ok("POST", "/reports", json=body)
    report = api.finished(f"/reports/{asked['id']}")
    assert report["caught_up"] is True
    answer = api.request("GET", f"/reports/{asked['id']}/file")
    assert (answer.status_code, len(answer.content)) == (200, report["size"])
    return answer.content


class Pulse:
    """How long the slowest of many small requests took while something else went on."""

    def __init__(self, api: Api) -> None:
        self._api, self._end, self.slowest = api, threading.Event(), 0.0
        self._thread = threading.Thread(target=self._beat)

    def __enter__(self) -> "Pulse":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._end.wait(0.05):
            began = time.monotonic()
            self._api.ok("GET", "/me")
            self.slowest = max(self.slowest, time.monotonic() - began)


@pytest.mark.slow
def test_a_payment_is_in_the_report_asked_for_right_after_it(tmp_path: Path) -> None:
    with Embedded(tmp_path / "home", today=TODAY) as headend:
        api = headend.admin()
        plan = add_plan(api)
        payer, debtor = add_subscriber(api, plan, NAME), add_subscriber(api, plan, "Asha Rao")
        bill(api)
        payment = pay_all(api, payer)
        with Pulse(headend.admin()) as pulse:
            book = load_workbook(io.BytesIO(fetch(api, "paid", "xlsx"))).worksheets[0]
            paper = PdfReader(io.BytesIO(fetch(api, "unpaid", "pdf"))).pages[0].extract_text()
        cells = {value for row in book.iter_rows(values_only=True) for value in row}
        assert {NAME, payment["invoice_number"]} <= cells
        assert "Asha Rao" in paper and NAME not in paper
        assert debtor.id != payer.id
        assert pulse.slowest < 2.0, "drawing kept everybody waiting"
