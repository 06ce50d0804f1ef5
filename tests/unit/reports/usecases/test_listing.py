"""The list of reports: newest first, within the caller's branches, with what became of each file."""

from datetime import timedelta

import pytest

from contracts.actor import Actor, Role
from contracts.calls.reports import ListReports, ReportList
from contracts.errors import Forbidden
from reports.domain.refusals import CursorInvalid
from reports.usecases.list_reports import list_reports
from reports.usecases.request_report import request_report
from tests.unit.reports.story import ADMIN, ReportsHouse, a_branch, a_member, a_request

MAIN, EAST = a_branch(), a_branch("EAST", name="East")


def ask(house: ReportsHouse, actor: Actor, **fields: object) -> str:
    house.clock.move(timedelta(seconds=1))
    with house.database.transaction() as session:
        return str(request_report(session, a_request(**fields), actor, house.clock).id)


def listed(house: ReportsHouse, actor: Actor = ADMIN, **fields: object) -> ReportList:
    with house.database.reading() as session:
        return list_reports(session, ListReports.model_validate(fields), actor)


def ids(found: ReportList) -> list[str]:
    return [str(report.id) for report in found.items]


def test_reports_come_newest_first_page_by_page(house: ReportsHouse) -> None:
    made = [ask(house, ADMIN) for _ in range(5)]
    first = listed(house, limit=3)
    second = listed(house, limit=3, cursor=first.next)
    assert ids(first) + ids(second) == made[::-1] and second.next is None


def test_a_manager_sees_what_lies_within_own_branches_whoever_asked(house: ReportsHouse) -> None:
    own = ask(house, ADMIN, branch_id=MAIN.id)
    ask(house, ADMIN, branch_id=EAST.id)
    ask(house, ADMIN)
    ask(house, a_member(Role.MANAGER, MAIN, EAST))
    mine = ask(house, a_member(Role.MANAGER, MAIN))
    assert ids(listed(house, a_member(Role.MANAGER, MAIN))) == [mine, own]
    assert len(listed(house, a_member(Role.MANAGER, MAIN, EAST)).items) == 4
    assert len(listed(house).items) == 5


def test_a_manager_of_no_branch_sees_none(house: ReportsHouse) -> None:
    ask(house, ADMIN, branch_id=MAIN.id)
    assert listed(house, a_member(Role.MANAGER)).items == ()


@pytest.mark.parametrize("role", [Role.CASHIER, Role.SUPPORT, Role.TECHNICIAN, Role.CUSTOMER])
def test_others_have_no_list(house: ReportsHouse, role: Role) -> None:
    with pytest.raises(Forbidden):
        listed(house, a_member(role, MAIN))


@pytest.mark.parametrize("cursor", ["x", "AAAA", "żółw"])
def test_a_cursor_of_ones_own_making_is_refused(house: ReportsHouse, cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        listed(house, cursor=cursor)
