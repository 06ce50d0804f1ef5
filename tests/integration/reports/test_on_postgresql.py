"""The read model and a report on PostgreSQL, where several workers write at the same time."""

import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.inbox import InboxWorker
from chassis.migrations import migrate, migrations_of
from contracts.actor import Role
from contracts.calls.reports import ListReports, ReadReportFile, ReportFormat, RequestReport, Selection
from contracts.events import BranchChanged, CustomerChanged, CustomerRegistered, Event
from reports import jobs
from reports.monthly import make_monthly
from reports.queries import charge_rows
from reports.reactions import REACTIONS
from reports.report_tables import Report
from reports.usecases.list_reports import list_reports
from reports.usecases.read_report_file import read_report_file
from reports.usecases.request_report import request_report
from tests.unit.reports.story import (
    ADMIN,
    ReportsHouse,
    a_branch,
    a_charge,
    a_customer,
    a_member,
    a_request,
    a_subscription,
    paid,
    raised,
    voided,
)
from tests.unit.reports.test_monthly import DECEMBER_FIRST, a_colleague, catch_up, told, want

MAIN = a_branch()
PEOPLE = [a_customer(str(1000 + number), MAIN, name=f"Żółw {number}") for number in range(40)]
CHARGES = [a_charge(a_subscription(person)) for person in PEOPLE]


@pytest.fixture
def house(tmp_path: Path, postgres_url: str) -> Iterator[ReportsHouse]:
    house = ReportsHouse(tmp_path, postgres_url)
    yield house
    house.close()


def story() -> list[Event]:
    """Forty customers: every second one pays, every fourth one's payment is voided."""
    events: list[Event] = [BranchChanged(branch=MAIN), raised(MAIN, *CHARGES)]
    for number, (person, charge) in enumerate(zip(PEOPLE, CHARGES, strict=True)):
        events.append(CustomerRegistered(customer=person, username=person.crf))
        events.append(
            CustomerChanged(customer=person.model_copy(update={"version": 2, "name": f"Nowak {number}"}))
        )
        if number % 2 == 0:
            payment = paid(number, MAIN, person, [(charge, 25000)])
            events.extend([voided(payment), payment] if number % 4 == 0 else [payment])
    return events


def ask(house: ReportsHouse, request: RequestReport) -> UUID:
    with house.database.transaction() as session:
        return request_report(session, request, ADMIN, house.clock).id


def test_workers_side_by_side_keep_one_truth(house: ReportsHouse) -> None:
    house.producers.publish(*story())
    report_id = ask(house, a_request(selection=Selection.UNPAID, format=ReportFormat.PDF))
    done = threading.Event()

    def work() -> None:
        worker = InboxWorker(house.platform, REACTIONS)
        while not done.is_set():
            if not worker.step():
                done.wait(0.05)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    while jobs.make_reports(house.platform):
        pass
    done.set()
    for worker in workers:
        worker.join()

    report = house.report(report_id)
    assert (report.state, report.caught_up, report.total) == ("done", True, 30)
    with house.database.reading() as session:
        file = read_report_file(session, ReadReportFile(report_id=report_id), ADMIN)
        rows = [row for part in charge_rows(session, report) for row in part]
    assert file.content.startswith(b"%PDF-")
    assert [row.crf for row in rows] == sorted(row.crf for row in rows)
    assert {row.customer.split()[0] for row in rows} == {"Nowak"}
    assert sum(row.open_minor for row in rows) == 30 * 25000


def test_the_paid_rows_carry_their_payment(house: ReportsHouse) -> None:
    house.producers.publish(*story())
    ask(house, a_request())
    while jobs.make_reports(house.platform):
        house.work_off()
    wanted = Report(year=2026, month=11, service_kind="cable_tv", branch_ids=[str(MAIN.id)], selection="paid")
    with house.database.reading() as session:
        rows = [row for part in charge_rows(session, wanted) for row in part]
    assert len(rows) == 10
    assert {row.invoice_numbers for row in rows} == {(f"MAIN-2026-{n:06d}",) for n in range(2, 40, 4)}
    assert {row.last_paid_on.isoformat() for row in rows if row.last_paid_on} == {"2026-11-03"}


def test_the_list_keeps_to_ones_own_branches(house: ReportsHouse) -> None:
    own = ask(house, a_request(branch_id=MAIN.id))
    ask(house, a_request(branch_id=a_branch("EAST").id))
    ask(house, a_request())
    with house.database.reading() as session:
        found = list_reports(session, ListReports(), a_member(Role.MANAGER, MAIN))
    assert [report.id for report in found.items] == [own]


def test_a_months_report_is_made_and_told_once(house: ReportsHouse) -> None:
    house.producers.publish(*story())
    catch_up(house)
    want(house, a_colleague(Role.MANAGER, MAIN))
    house.clock.at = DECEMBER_FIRST
    for _ in range(2):
        make_monthly(house.platform)
        while jobs.make_reports(house.platform):
            house.work_off()
    (event,) = told(house)
    assert (event["period"], event["rows"]) == ("2026-11", 30)


def test_a_report_reads_its_charges_by_index(house: ReportsHouse) -> None:
    """Years of charges lie beside the month that a report is about."""
    with house.database.transaction() as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = session.execute(
            text("EXPLAIN SELECT id FROM charges WHERE period = '2026-11' AND service = 'cable_tv'")
        )
        assert "ix_charges_period_service_branch_id" in "\n".join(line for (line,) in plan)
    migrate(house.database, migrations_of("reports"))  # a second replica's start changes nothing
