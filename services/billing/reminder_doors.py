"""The doors for customers with dues and promises; every call is in contracts/calls/reminders.py."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session

from billing.queries import debtors
from billing.usecases.promise_to_pay import get_promise, promise_to_pay, withdraw_promise
from chassis.service import Service, call
from contracts.actor import Actor
from contracts.calls import reminders as calls

Answer = TypeVar("Answer")


class ReminderDoors(Service):
    """A part of BillingService, which knows how to read and write with copies that are not here yet."""

    def _read(self, work: Callable[[Session], Answer]) -> Answer:
        raise NotImplementedError

    def _write(self, work: Callable[[Session], Answer]) -> Answer:
        raise NotImplementedError

    @call
    def list_debtors(self, request: calls.ListDebtors, actor: Actor) -> calls.DebtorList:
        """Customers with dues, who owes longest first."""
        return self._read(lambda session: debtors.list_debtors(session, request, actor, self.clock))

    @call
    def sum_debtors(self, request: calls.SumDebtors, actor: Actor) -> calls.DebtorSums:
        """How many they are, and what they owe."""
        return self._read(lambda session: debtors.sum_debtors(session, request, actor, self.clock))

    @call
    def preview_reminders(self, request: calls.PreviewReminders, actor: Actor) -> calls.ReminderPreview:
        """What a dunning run would do now."""
        return self._read(lambda session: debtors.preview_reminders(session, request, actor, self.clock))

    @call
    def draft_reminder(self, request: calls.DraftReminder, actor: Actor) -> calls.ReminderDraft:
        """The reminder of one customer, for a look."""
        return self._read(lambda session: debtors.draft_reminder(session, request, actor, self.clock))

    @call
    def get_promise(self, request: calls.GetPromise, actor: Actor) -> calls.PromiseAnswer:
        """The promise of a customer that holds now."""
        return self._read(lambda session: get_promise(session, request, actor, self.clock))

    @call
    def promise_to_pay(self, request: calls.PromiseToPay, actor: Actor) -> calls.PromiseAnswer:
        """Note down a promise."""
        return self._write(lambda session: promise_to_pay(session, request, actor, self.clock))

    @call
    def withdraw_promise(self, request: calls.WithdrawPromise, actor: Actor) -> calls.PromiseAnswer:
        """Take a promise back."""
        return self._write(lambda session: withdraw_promise(session, request, actor, self.clock))
