"""The month: import, billing run, payments, dunning run, reports; through the API and the `headend` command alone."""

import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.verify.waiting import left_over
from tests.integration.imports.sources import TELCO_MAPPING
from tests.scenarios.checks.papers import ReportFile
from tests.scenarios.payers import History, Payer, choose_payers, pay
from tests.scenarios.stages import Stage
from tests.scenarios.telco import TelcoCustomer, take_every
from tests.stack.processes import HEADEND

TODAY, PERIOD = "2026-11-02", "2026-11"
CLIENTS = 8
QUIET_SECONDS = 90.0
"""Longest quiet after the story: leases of killed processes run out within a minute, then their work is done."""
NEMESIS_PAYMENT_SECONDS = 40.0
"""Payments under the nemesis are spread over at least this long, so that they meet kills and both restarts."""
SERVICES, SELECTIONS, FORMATS = ("cable_tv", "broadband"), ("paid", "unpaid"), ("pdf", "xlsx")


@dataclass
class Month:
    """What happened, for the checker and the table of figures."""

    customers: list[TelcoCustomer]
    crf_of: dict[str, str] = field(default_factory=dict)
    """CRF numbers by customer id, as `Databases` writes ids."""
    payers: list[Payer] = field(default_factory=list)
    history: History = field(default_factory=History)
    billing_run: dict[str, Any] = field(default_factory=dict)
    second_run: dict[str, Any] = field(default_factory=dict)
    dunning_run: dict[str, Any] = field(default_factory=dict)
    reports: list[ReportFile] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    left_over: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Note how long a step took, and say it."""
        began = time.monotonic()
        yield
        self.seconds[step] = time.monotonic() - began
        print(f"    {step}: {self.seconds[step]:.1f} s", flush=True)


class Story:
    """Lives the month on a stage."""

    def __init__(self, stage: Stage, home: Path, every: int, seed: int) -> None:
        self._stage, self._api, self._seed = stage, stage.api, seed
        self._patience = 240.0 if stage.nemesis else 60.0
        self._file, customers = take_every(every, home)
        self.month = Month(customers)

    def live(self) -> Month:
        """From the import to the reports; returns when all has come to rest."""
        month = self.month
        with month.timed("import"):
            self._import()
        self._find_customers()
        with ExitStack() as faults:
            if self._stage.nemesis:
                faults.enter_context(self._stage.nemesis)
            with month.timed("billing run"):
                month.billing_run = self._run("billing", {"period": PERIOD})
            with month.timed("payments"):
                self._pay()
            with month.timed("dunning run"):
                month.dunning_run = self._run("dunning", {})
            with month.timed("reports"):
                reports = self._ask_for_reports()
        with month.timed("quiet until all has arrived"):
            self._wait_for_quiet()
        with month.timed("fetching reports"):
            month.reports = [self._fetch(*report) for report in reports]
        month.second_run = self._run("billing", {"period": PERIOD})
        return month

    def _import(self) -> None:
        """Twice: the second time changes nothing, which the checker sees."""
        command = [*HEADEND, "import", "customers", str(self._file), "--mapping", str(TELCO_MAPPING)]
        for _ in range(2):
            done = subprocess.run(
                command, env=dict(self._stage.environment), capture_output=True, text=True, timeout=1200
            )
            assert done.returncode == 0, f"the import failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"

    def _find_customers(self) -> None:
        ids = {customer["crf"]: customer["id"] for customer in self._api.pages("/customers", limit=200)}
        missing = [customer.crf for customer in self.month.customers if customer.crf not in ids]
        assert not missing, (
            f"{len(missing)} imported customers are not found through the API, such as {missing[:3]}"
        )
        self.month.crf_of = {customer_id.replace("-", ""): crf for crf, customer_id in ids.items()}
        self.month.payers = choose_payers(self.month.customers, ids, self._seed)

    def _run(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        started = self._api.stubbornly("POST", f"/{kind}-runs", json=body, seconds=self._patience)
        assert started.status_code == 202, (
            f"the {kind} run did not start: {started.status_code} {started.text[:500]}"
        )
        return self._ended(f"/{kind}-runs/{started.json()['id']}")

    def _ended(self, path: str, seconds: float = 900.0) -> dict[str, Any]:
        """A run or a report when it is done, whoever is killed meanwhile."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            answer = self._api.stubbornly("GET", path, seconds=self._patience)
            assert answer.is_success, f"{path}: {answer.status_code} {answer.text[:500]}"
            found: dict[str, Any] = answer.json()
            if found["state"] in ("done", "failed"):
                assert found["state"] == "done", f"{path} failed: {found['problem']}"
                return found
            time.sleep(0.2)
        raise AssertionError(f"{path} did not end within {seconds:.0f} s")

    def _pay(self) -> None:
        month, nemesis = self.month, self._stage.nemesis
        pause = NEMESIS_PAYMENT_SECONDS * CLIENTS / len(month.payers) if nemesis else 0.0

        def one(payer: Payer) -> None:
            pay(self._api, payer, month.history, self._patience)
            time.sleep(pause)
            if nemesis:
                nemesis.hear(len(month.history.keys), len(month.payers))

        with ThreadPoolExecutor(CLIENTS) as clients:
            for done in [clients.submit(one, payer) for payer in month.payers]:
                done.result()

    def _ask_for_reports(self) -> list[tuple[str, str, str, str]]:
        """Every report of both services; gives (id, service, selection, format)."""
        year, month = map(int, PERIOD.split("-"))
        asked = []
        for service in SERVICES:
            for selection in SELECTIONS:
                for form in FORMATS:
                    body = {"kind": "payments", "service": service, "year": year, "month": month,
                            "selection": selection, "format": form}  # fmt: skip
                    answer = self._api.stubbornly("POST", "/reports", json=body, seconds=self._patience)
                    assert answer.status_code == 202, f"{answer.status_code} {answer.text[:500]}"
                    asked.append((answer.json()["id"], service, selection, form))
        return asked

    def _fetch(self, report_id: str, service: str, selection: str, form: str) -> ReportFile:
        report = self._ended(f"/reports/{report_id}")
        if not report["caught_up"]:  # asked for while its sources were down: it says so; ask again now
            body = {
                "kind": "payments",
                **{name: report[name] for name in ("service", "year", "month", "selection")},
            }
            again = self._api.stubbornly("POST", "/reports", json={**body, "format": form})
            report = self._ended(f"/reports/{again.json()['id']}")
            assert report["caught_up"], f"report {report['id']} has not caught up in quiet"
        answer = self._api.stubbornly("GET", f"/reports/{report['id']}/file")
        assert answer.is_success and len(answer.content) == report["size"], (
            f"{answer.status_code} of {report}"
        )
        return ReportFile(service, selection, form, answer.content)

    def _wait_for_quiet(self) -> None:
        deadline = time.monotonic() + (QUIET_SECONDS if self._stage.nemesis else 600.0)
        while (left := left_over(self._stage.databases)) and time.monotonic() < deadline:
            time.sleep(0.5)
        self.month.left_over = left
