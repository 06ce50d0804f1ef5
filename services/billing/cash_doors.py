"""The doors of the cash desk."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session

from billing.queries.cash import get_own_session, get_session
from billing.queries.day_sheets import get_day_sheet, list_day_sheets
from billing.usecases.close_cash_session import close_cash_session
from billing.usecases.open_cash_session import open_cash_session
from chassis.service import Service, call
from contracts.actor import Actor
from contracts.calls import cash as calls

Answer = TypeVar("Answer")


class CashDoors(Service):
    """Cash desks and day sheets."""

    def _write(self, work: Callable[[Session], Answer]) -> Answer:
        raise NotImplementedError

    def _read(self, work: Callable[[Session], Answer]) -> Answer:
        raise NotImplementedError

    @call
    def get_own_cash_session(self, request: calls.GetOwnCashSession, actor: Actor) -> calls.OwnCashSession:
        """The desk that the caller has open."""
        return self._read(lambda session: get_own_session(session, request, actor))

    @call
    def get_cash_session(self, request: calls.GetCashSession, actor: Actor) -> calls.CashSession:
        """One desk."""
        return self._read(lambda session: get_session(session, request, actor))

    @call
    def open_cash_session(self, request: calls.OpenCashSession, actor: Actor) -> calls.CashSession:
        """Open a desk."""
        return self._write(lambda session: open_cash_session(session, request, actor, self.clock))

    @call
    def close_cash_session(self, request: calls.CloseCashSession, actor: Actor) -> calls.CashSession:
        """Close a desk."""
        return self._write(lambda session: close_cash_session(session, request, actor, self.clock))

    @call
    def get_day_sheet(self, request: calls.GetDaySheet, actor: Actor) -> calls.DaySheet:
        """A cashier's day."""
        return self._read(lambda session: get_day_sheet(session, request, actor, self.clock))

    @call
    def list_day_sheets(self, request: calls.ListDaySheets, actor: Actor) -> calls.CashierDays:
        """The cashiers of a branch's day."""
        return self._read(lambda session: list_day_sheets(session, request, actor, self.clock))
