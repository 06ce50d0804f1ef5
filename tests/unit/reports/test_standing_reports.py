"""A member of staff keeps, sees and ends their own standing reports, within their rights and branches."""

from uuid import uuid4

import pytest

from contracts.actor import Role
from contracts.calls.reports import Selection
from contracts.calls.standing_reports import RemoveStandingReport
from contracts.errors import Forbidden, NotFound
from contracts.events import BranchChanged
from reports.domain.refusals import NoAddressOfYours, StandsAlready
from reports.usecases.keep_standing_report import list_standing_reports, remove_standing_report
from tests.unit.reports.story import ReportsHouse, a_member
from tests.unit.reports.test_monthly import EAST, MAIN, a_colleague, actor_of, catch_up, standing, want


@pytest.fixture
def story(house: ReportsHouse) -> ReportsHouse:
    """Two branches."""
    house.producers.publish(BranchChanged(branch=MAIN), BranchChanged(branch=EAST))
    catch_up(house)
    return house


def test_the_same_wish_stands_once(story: ReportsHouse) -> None:
    want(story, a_colleague(Role.MANAGER, MAIN))
    with pytest.raises(StandsAlready):
        want(story, a_colleague(Role.MANAGER, MAIN))
    want(story, a_colleague(Role.MANAGER, MAIN), selection=Selection.PAID)


def test_a_hidden_branch_cannot_be_asked_for(story: ReportsHouse) -> None:
    with pytest.raises(NotFound):
        want(story, a_colleague(Role.MANAGER, MAIN), branch_id=EAST.id)


def test_without_an_address_nobody_can_be_told(story: ReportsHouse) -> None:
    with pytest.raises(NoAddressOfYours):
        want(story, a_colleague(Role.MANAGER, MAIN, email=""))


@pytest.mark.parametrize("role", [Role.CASHIER, Role.SUPPORT, Role.TECHNICIAN])
def test_only_those_who_make_reports_have_standing_ones(story: ReportsHouse, role: Role) -> None:
    with pytest.raises(Forbidden):
        want(story, a_colleague(role, MAIN))
    with story.database.reading() as session, pytest.raises(Forbidden):
        list_standing_reports(session, a_member(role, MAIN))


def test_one_sees_and_ends_ones_own_only(story: ReportsHouse) -> None:
    mine = want(story, a_colleague(Role.MANAGER, MAIN))
    other = actor_of(a_colleague(Role.MANAGER, MAIN, id=uuid4()))
    with story.database.reading() as session:
        assert [
            one.id for one in list_standing_reports(session, actor_of(a_colleague(Role.MANAGER, MAIN))).items
        ] == [mine.id]
        assert list_standing_reports(session, other).items == ()
    with story.database.transaction() as session, pytest.raises(NotFound):
        remove_standing_report(session, RemoveStandingReport(standing_report_id=mine.id), other)
    with story.database.transaction() as session:
        remove_standing_report(
            session,
            RemoveStandingReport(standing_report_id=mine.id),
            actor_of(a_colleague(Role.MANAGER, MAIN)),
        )
    assert standing(story) == 0
