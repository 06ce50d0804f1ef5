"""A report from the request to its file, made by any replica and begun again after a crash."""

import hashlib
import io
from datetime import timedelta
from uuid import UUID

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

from chassis.jobs import Claim, claim
from contracts.actor import Role
from contracts.calls.reports import FilePart, ReadReportFile, ReportFormat, RequestReport, Selection
from contracts.errors import NotFound
from contracts.events import BranchChanged, CustomerRegistered
from reports import drawing, jobs
from reports.domain.refusals import ReportFileGone, ReportNotReady
from reports.making import make_report
from reports.report_tables import PART_BYTES, ReportPart
from reports.usecases.advance_report import LEASE, TRIES, keep_file
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
)

MAIN, EAST = a_branch(), a_branch("EAST", name="East")
ASHA, JÓZEF = a_customer("1001", MAIN), a_customer("1002", EAST, name="=Józef Żółw")
ASHAS, JÓZEFS = a_charge(a_subscription(ASHA)), a_charge(a_subscription(JÓZEF))


@pytest.fixture
def story(house: ReportsHouse) -> ReportsHouse:
    """Two branches with a customer each: Asha has paid, Józef has paid a part."""
    house.producers.publish(
        BranchChanged(branch=MAIN), BranchChanged(branch=EAST), CustomerRegistered(customer=ASHA, username="1001"),
        CustomerRegistered(customer=JÓZEF, username="1002"), raised(MAIN, ASHAS), raised(EAST, JÓZEFS),
        paid(1, MAIN, ASHA, [(ASHAS, 25000)]), paid(1, EAST, JÓZEF, [(JÓZEFS, 10000)]),
    )  # fmt: skip
    return house


def ask(house: ReportsHouse, request: RequestReport) -> UUID:
    with house.database.transaction() as session:
        return request_report(session, request, ADMIN, house.clock).id


def make_all(house: ReportsHouse) -> None:
    """Go round as the service's loops do, until nothing is left to make."""
    while jobs.make_reports(house.platform):
        house.work_off()


def read(house: ReportsHouse, report_id: UUID, offset: int = 0, length: int = 1_000_000) -> FilePart:
    with house.database.reading() as session:
        request = ReadReportFile(report_id=report_id, offset=offset, length=length)
        return read_report_file(session, request, ADMIN)


def cells(content: bytes) -> set[object]:
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    return {value for row in sheet.iter_rows(values_only=True) for value in row}


def test_a_report_asked_for_ends_as_a_file(story: ReportsHouse) -> None:
    report_id = ask(story, a_request())
    make_all(story)
    report, file = story.report(report_id), read(story, report_id)
    assert (report.state, report.done, report.total, report.caught_up) == ("done", 1, 1, True)
    assert report.as_of == story.clock.now()
    assert (file.size, report.size) == (len(file.content), len(file.content))
    assert report.sha256 == hashlib.sha256(file.content).hexdigest()
    assert {"Asha Rao", "1001", 250, "MAIN-2026-000001"} <= cells(file.content)


def test_the_part_payer_stands_under_unpaid_with_what_is_open(story: ReportsHouse) -> None:
    report_id = ask(story, a_request(selection=Selection.UNPAID))
    make_all(story)
    found = cells(read(story, report_id).content)
    assert {"1002", 100, 150} <= found
    assert "Asha Rao" not in found


def test_a_report_of_one_branch_leaves_the_others_out(story: ReportsHouse) -> None:
    report_id = ask(story, a_request(selection=Selection.UNPAID, branch_id=MAIN.id))
    make_all(story)
    report = story.report(report_id)
    assert (report.state, report.total) == ("done", 0)


def test_a_pdf_can_be_read_by_people_and_programs(story: ReportsHouse) -> None:
    report_id = ask(story, a_request(selection=Selection.UNPAID, format=ReportFormat.PDF))
    make_all(story)
    text = "".join(
        page.extract_text() for page in PdfReader(io.BytesIO(read(story, report_id).content)).pages
    )
    assert "Józef Żółw" in text
    assert "150.00" in text


def test_a_file_read_in_parts_is_the_whole_file(house: ReportsHouse) -> None:
    content = bytes(range(256)) * 5000  # three parts
    report_id, held = _claimed(house)
    parts = [content[start : start + PART_BYTES] for start in range(0, len(content), PART_BYTES)]
    with house.database.transaction() as session:
        keep_file(session, held, house.platform, report_id, 0, parts)
    step = 300_001
    read_back = [read(house, report_id, start, step).content for start in range(0, len(content) + step, step)]
    assert b"".join(read_back) == content


def test_a_report_under_way_has_no_file_yet(house: ReportsHouse) -> None:
    report_id = ask(house, a_request())
    with pytest.raises(ReportNotReady):
        read(house, report_id)


def test_a_file_of_another_branch_does_not_exist(story: ReportsHouse) -> None:
    report_id = ask(story, a_request(branch_id=MAIN.id))
    make_all(story)
    with story.database.reading() as session, pytest.raises(NotFound):
        read_report_file(session, ReadReportFile(report_id=report_id), a_member(Role.MANAGER, EAST))


def test_a_file_goes_after_its_time_and_says_so(story: ReportsHouse) -> None:
    report_id = ask(story, a_request())
    make_all(story)
    story.clock.move(jobs.KEEP_FILES + timedelta(days=1))
    assert jobs.forget(story.platform) is False
    with pytest.raises(ReportFileGone):
        read(story, report_id)
    with story.database.reading() as session:
        assert session.scalars(select(ReportPart)).all() == []


def test_two_replicas_never_make_the_same_report(house: ReportsHouse) -> None:
    ask(house, a_request())
    first = jobs._claim_next(house.platform)
    assert first is not None
    assert jobs._claim_next(house.platform) is None


def test_a_report_whose_maker_died_is_made_by_another(story: ReportsHouse) -> None:
    report_id, held = _claimed(story)
    making = make_report(story.platform, held, report_id)
    next(making)  # and its replica is never heard of again
    story.clock.move(LEASE + timedelta(seconds=1))
    make_all(story)
    report = story.report(report_id)
    assert (report.state, report.tries) == ("done", 2)


def test_the_replica_that_lost_its_claim_leaves_the_report_alone(story: ReportsHouse) -> None:
    report_id, held = _claimed(story)
    slow = make_report(story.platform, held, report_id)
    next(slow)
    story.clock.move(LEASE + timedelta(seconds=1))
    make_all(story)
    made = story.report(report_id).sha256
    for _ in slow:
        story.work_off()
    assert (story.report(report_id).state, story.report(report_id).sha256) == ("done", made)


def test_a_report_that_never_ends_is_given_up(house: ReportsHouse) -> None:
    report_id, _ = _claimed(house)
    with house.database.transaction() as session:
        session.get_one(type(house.report(report_id)), report_id).tries = TRIES
    house.clock.move(LEASE + timedelta(seconds=1))
    make_all(house)
    report = house.report(report_id)
    assert (report.state, report.finished_at) == ("failed", house.clock.now())
    with pytest.raises(ReportNotReady):
        read(house, report_id)


def test_a_report_that_cannot_be_drawn_fails_with_a_sentence(
    story: ReportsHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "LONGEST", 0.0)
    report_id = ask(story, a_request())
    make_all(story)
    report = story.report(report_id)
    assert report.state == "failed"
    assert report.problem is not None and report.problem.startswith("The report could not be drawn")


def test_a_replica_that_stops_hands_its_report_back(story: ReportsHouse) -> None:
    report_id = ask(story, a_request())
    assert jobs.make_reports(story.platform)
    story.platform.stop()
    make_all_until_handed_back(story)
    story.platform.stopping.clear()
    story.clock.move(timedelta(seconds=1))
    assert (story.report(report_id).state, story.report(report_id).tries) == ("queued", 0)
    make_all(story)
    assert story.report(report_id).state == "done"


def make_all_until_handed_back(house: ReportsHouse) -> None:
    for _ in range(100):
        if jobs._under_way.get(house.platform) is None:
            return
        jobs.make_reports(house.platform)
    raise AssertionError("the report was not handed back")


def _claimed(house: ReportsHouse) -> tuple[UUID, Claim]:
    report_id = ask(house, a_request())
    held = claim(house.platform, "report", str(report_id), lease=LEASE)
    assert held is not None
    return report_id, held
