"""Who may ask for which report, and who sees it (RULES, who may do what)."""

import pytest

from chassis.idempotency import IdempotencyKeyReused
from contracts.actor import Actor, Role
from contracts.calls.reports import GetReport, ReportFormat, ReportView, RequestReport, Selection
from contracts.errors import Forbidden, NotFound
from reports.tables import BranchCopy
from reports.usecases.request_report import request_report
from reports.usecases.show_report import show_report
from tests.unit.reports.story import ADMIN, ReportsHouse, a_branch, a_member, a_request

MAIN, EAST = a_branch(), a_branch("EAST", name="East")


def ask(house: ReportsHouse, request: RequestReport, actor: Actor = ADMIN) -> ReportView:
    with house.database.transaction() as session:
        return request_report(session, request, actor, house.clock)


def look(house: ReportsHouse, view: ReportView, actor: Actor) -> ReportView:
    with house.database.reading() as session:
        return show_report(session, GetReport(report_id=view.id), actor)


def test_a_report_begins_in_the_queue(house: ReportsHouse) -> None:
    view = ask(house, a_request())
    assert (view.state, view.done, view.total, view.requested_by) == ("queued", 0, 0, "Administrator")
    assert look(house, view, ADMIN) == view


def test_the_same_key_gives_the_same_report_again(house: ReportsHouse) -> None:
    first = ask(house, a_request(idempotency_key="one"))
    again = ask(house, a_request(idempotency_key="one"))
    assert again == first.model_copy(update={"replayed": True})


def test_a_key_is_for_one_request_only(house: ReportsHouse) -> None:
    ask(house, a_request(idempotency_key="one"))
    with pytest.raises(IdempotencyKeyReused):
        ask(house, a_request(idempotency_key="one", selection=Selection.UNPAID))


def test_a_key_is_for_one_caller_only(house: ReportsHouse) -> None:
    first = ask(house, a_request(idempotency_key="one"))
    assert ask(house, a_request(idempotency_key="one"), a_member(Role.MANAGER, MAIN)).id != first.id


def test_without_a_key_every_request_is_a_report_of_its_own(house: ReportsHouse) -> None:
    assert ask(house, a_request()).id != ask(house, a_request()).id


def test_a_branch_of_others_does_not_exist_for_a_manager(house: ReportsHouse) -> None:
    with pytest.raises(NotFound):
        ask(house, a_request(branch_id=EAST.id), a_member(Role.MANAGER, MAIN))


@pytest.mark.parametrize("role", [Role.CASHIER, Role.SUPPORT, Role.TECHNICIAN, Role.CUSTOMER])
def test_only_managers_and_administrators_make_reports(house: ReportsHouse, role: Role) -> None:
    with pytest.raises(Forbidden):
        ask(house, a_request(branch_id=MAIN.id), a_member(role, MAIN))


def test_a_manager_without_branch_named_gets_own_branches_as_they_are_now(house: ReportsHouse) -> None:
    view = ask(house, a_request(), a_member(Role.MANAGER, MAIN, EAST))
    assert house.report(view.id).branch_ids == sorted([str(MAIN.id), str(EAST.id)])


def test_an_administrators_report_covers_every_branch(house: ReportsHouse) -> None:
    assert house.report(ask(house, a_request()).id).branch_ids is None


@pytest.mark.parametrize("actor", [a_member(Role.MANAGER, MAIN), a_member(Role.MANAGER, EAST)])
def test_a_report_over_more_branches_than_ones_own_is_hidden(house: ReportsHouse, actor: Actor) -> None:
    both = ask(house, a_request(), a_member(Role.MANAGER, MAIN, EAST))
    everything = ask(house, a_request())
    for view in (both, everything):
        with pytest.raises(NotFound):
            look(house, view, actor)


def test_a_manager_sees_the_reports_of_own_branches(house: ReportsHouse) -> None:
    view = ask(house, a_request(branch_id=MAIN.id))
    assert look(house, view, a_member(Role.MANAGER, MAIN)).id == view.id


def test_a_cashier_is_told_that_reports_are_not_theirs(house: ReportsHouse) -> None:
    view = ask(house, a_request(branch_id=MAIN.id))
    with pytest.raises(Forbidden):
        look(house, view, a_member(Role.CASHIER, MAIN))


def test_a_file_is_named_by_what_is_in_it(house: ReportsHouse) -> None:
    with house.database.transaction() as session:
        session.add(
            BranchCopy(id=MAIN.id, version=1, code="MAIN", name="Main", card=MAIN.model_dump(mode="json"))
        )
    one = ask(house, a_request(branch_id=MAIN.id))
    every = ask(house, a_request(format=ReportFormat.PDF, selection=Selection.UNPAID))
    assert house.report(one.id).file_name == "paid-cable_tv-MAIN-2026-11.xlsx"
    assert house.report(every.id).file_name == "unpaid-cable_tv-all-2026-11.pdf"
