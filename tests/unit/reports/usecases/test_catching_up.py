"""A report waits for what had happened when it was asked for, and says so when it could not wait any longer."""

from datetime import timedelta

from sqlalchemy import update

from chassis.tables import InboxRow
from contracts.events import BranchChanged
from reports.catching_up import Caught, catch_up
from reports.tables import BranchCopy
from tests.unit.reports.story import NOW, ReportsHouse, a_branch, raised

MAIN = a_branch()


def wait(house: ReportsHouse, *, seconds: float = 20.0, working: bool = True) -> Caught:
    waiting = catch_up(house.platform, seconds=seconds)
    while True:
        try:
            next(waiting)
        except StopIteration as ended:
            caught: Caught = ended.value
            return caught
        if working:
            house.work_off()


def test_an_event_that_the_bus_has_not_brought_is_fetched(house: ReportsHouse) -> None:
    house.producers.publish(BranchChanged(branch=MAIN))
    assert wait(house) == Caught(NOW, True)
    with house.database.reading() as session:
        assert session.get(BranchCopy, MAIN.id) is not None


def test_with_nothing_new_it_does_not_wait(house: ReportsHouse) -> None:
    assert wait(house, seconds=5.0, working=False) == Caught(NOW, True)


def test_an_event_not_worked_off_in_time_is_told(house: ReportsHouse) -> None:
    house.producers.publish(BranchChanged(branch=MAIN))
    house.clock.move(timedelta(minutes=5))
    assert wait(house, seconds=0.5, working=False) == Caught(NOW, False)


def test_a_producer_that_is_away_is_told(house: ReportsHouse) -> None:
    house.producers.publish(raised(MAIN), BranchChanged(branch=MAIN))
    assert wait(house).caught_up
    house.clock.move(timedelta(minutes=5))
    house.producers.away.add("billing")
    assert wait(house, seconds=0.5) == Caught(NOW, False)


def test_a_producer_that_comes_back_in_time_is_waited_for(house: ReportsHouse) -> None:
    house.producers.publish(raised(MAIN))
    house.producers.away.add("billing")
    waiting = catch_up(house.platform, seconds=20.0)
    next(waiting)
    house.producers.away.clear()
    for _ in waiting:
        house.work_off()
    with house.database.reading() as session:
        assert session.query(InboxRow).filter_by(producer="billing", state="done").count() == 1


def test_a_parked_event_keeps_the_figures_from_being_called_complete(house: ReportsHouse) -> None:
    house.producers.publish(BranchChanged(branch=MAIN))
    assert wait(house).caught_up
    with house.database.transaction() as session:
        session.execute(update(InboxRow).values(state="parked"))
    house.clock.move(timedelta(minutes=5))
    assert wait(house, seconds=5.0) == Caught(NOW, False)
