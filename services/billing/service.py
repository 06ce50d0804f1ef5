"""The doors of the billing service: decode, call a use case, encode; nothing else."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from billing.cash_doors import CashDoors
from billing.copies import BranchNotCopied, CustomerNotCopied
from billing.jobs import JOBS
from billing.online_doors import OnlineDoors
from billing.queries.dues import get_dues
from billing.queries.payments import get_invoice, get_payment, list_invoices, list_payments
from billing.queries.plans import get_plan, list_plans
from billing.queries.runs import failed_runs, get_run
from billing.queries.subscriptions import list_subscriptions
from billing.queries.years import get_year
from billing.reactions import REACTIONS
from billing.reminder_doors import ReminderDoors
from billing.triggers import APPEND_ONLY
from billing.usecases.add_plan import add_plan
from billing.usecases.add_subscription import add_subscription
from billing.usecases.keep_customer import keep_branch, keep_customer
from billing.usecases.move_subscription import move_subscription
from billing.usecases.preview_payment import preview_payment
from billing.usecases.raise_fee import raise_fee
from billing.usecases.record_payment import record_payment
from billing.usecases.set_plan_price import set_plan_price
from billing.usecases.start_run import start_billing_run, start_dunning_run
from billing.usecases.void_payment import void_payment
from chassis.kill_points import reach
from chassis.service import call
from contracts.actor import Actor
from contracts.calls import billing as calls
from contracts.calls.customers import GetBranchCard, GetCustomerCard
from contracts.calls.operations import TroubledJob
from contracts.calls.years import GetYear, YearView
from contracts.cards import InvoiceSnapshot

Answer = TypeVar("Answer")


class BillingService(CashDoors, ReminderDoors, OnlineDoors):
    """Money: plans, subscriptions, dues, payments, invoices, runs. Every call is in
    contracts/calls/billing.py and beside it.
    """

    name = "billing"
    reactions = REACTIONS
    jobs = JOBS
    append_only = APPEND_ONLY

    def troubles(self, session: Session) -> tuple[TroubledJob, ...]:
        """Runs that were given up."""
        return failed_runs(session, self.clock)

    # --- plans ------------------------------------------------------------------------------------
    @call
    def list_plans(self, request: calls.ListPlans, actor: Actor) -> calls.PlanList:
        """Plans by code."""
        with self.reading() as session:
            return list_plans(session, request, actor, self.clock)

    @call
    def get_plan(self, request: calls.GetPlan, actor: Actor) -> calls.PlanView:
        """One plan."""
        with self.reading() as session:
            return get_plan(session, request, actor, self.clock)

    @call
    def add_plan(self, request: calls.AddPlan, actor: Actor) -> calls.PlanView:
        """Add a plan to a branch."""
        return self._write(lambda session: add_plan(session, request, actor, self.clock))

    @call
    def set_plan_price(self, request: calls.SetPlanPrice, actor: Actor) -> calls.PlanView:
        """A new price from a date on."""
        return self._write(lambda session: set_plan_price(session, request, actor, self.clock))

    # --- subscriptions ----------------------------------------------------------------------------
    @call
    def list_subscriptions(self, request: calls.ListSubscriptions, actor: Actor) -> calls.SubscriptionList:
        """All subscriptions of one customer."""
        return self._read(lambda session: list_subscriptions(session, request, actor))

    @call
    def add_subscription(self, request: calls.AddSubscription, actor: Actor) -> calls.SubscriptionView:
        """Subscribe a customer to a plan."""
        return self._write(lambda session: add_subscription(session, request, actor, self.clock))

    @call
    def move_subscription(self, request: calls.MoveSubscription, actor: Actor) -> calls.SubscriptionView:
        """Stop, reactivate or close a subscription."""
        return self._write(lambda session: move_subscription(session, request, actor, self.clock))

    # --- dues and payments ------------------------------------------------------------------------
    @call
    def get_dues(self, request: calls.GetDues, actor: Actor) -> calls.DuesView:
        """What a customer owes."""
        return self._read(lambda session: get_dues(session, request, actor, self.clock))

    @call
    def get_year(self, request: GetYear, actor: Actor) -> YearView:
        """A customer's year, month by month."""
        return self._read(lambda session: get_year(session, request, actor, self.clock))

    @call
    def raise_fee(self, request: calls.RaiseFee, actor: Actor) -> calls.DueCharge:
        """Raise a fee on a customer."""
        return self._write(lambda session: raise_fee(session, request, actor, self.clock))

    @call
    def record_payment(self, request: calls.RecordPayment, actor: Actor) -> calls.PaymentRecorded:
        """Take a payment."""
        recorded = self._write(lambda session: record_payment(session, request, actor, self.clock))
        reach("payment.after_commit")
        return recorded

    @call
    def preview_payment(self, request: calls.PreviewPayment, actor: Actor) -> calls.PaymentPreview:
        """What a payment would settle."""
        return self._read(lambda session: preview_payment(session, request, actor, self.clock))

    @call
    def void_payment(self, request: calls.VoidPayment, actor: Actor) -> calls.PaymentRecorded:
        """Reverse a payment."""
        return self._write(lambda session: void_payment(session, request, actor, self.clock))

    @call
    def list_payments(self, request: calls.ListPayments, actor: Actor) -> calls.PaymentList:
        """A customer's payments."""
        return self._read(lambda session: list_payments(session, request, actor))

    @call
    def get_payment(self, request: calls.GetPayment, actor: Actor) -> calls.PaymentView:
        """One payment."""
        return self._read(lambda session: get_payment(session, request, actor))

    # --- invoices ---------------------------------------------------------------------------------
    @call
    def list_invoices(self, request: calls.ListInvoices, actor: Actor) -> calls.InvoiceList:
        """Invoices that the actor sees."""
        return self._read(lambda session: list_invoices(session, request, actor))

    @call
    def get_invoice(self, request: calls.GetInvoice, actor: Actor) -> InvoiceSnapshot:
        """One invoice as issued."""
        return self._read(lambda session: get_invoice(session, request, actor))

    # --- runs -------------------------------------------------------------------------------------
    @call
    def start_billing_run(self, request: calls.StartBillingRun, actor: Actor) -> calls.RunView:
        """Start, or preview, a billing run."""
        return self._write(lambda session: start_billing_run(session, request, actor, self.clock))

    @call
    def start_dunning_run(self, request: calls.StartDunningRun, actor: Actor) -> calls.RunView:
        """Start a dunning run."""
        return self._write(lambda session: start_dunning_run(session, request, actor, self.clock))

    @call
    def get_run(self, request: calls.GetRun, actor: Actor) -> calls.RunView:
        """One run with its progress."""
        return self._read(lambda session: get_run(session, request, actor))

    # --- copies that are not here yet -------------------------------------------------------------
    def _write(self, work: Callable[[Session], Answer]) -> Answer:
        return self._with_copies(self.transaction, work)

    def _read(self, work: Callable[[Session], Answer]) -> Answer:
        return self._with_copies(self.reading, work)

    def _with_copies(
        self, opened: Callable[[], AbstractContextManager[Session]], work: Callable[[Session], Answer]
    ) -> Answer:
        """Do the work; where a customer's or branch's event is still under way, ask their owner, outside
        any transaction.
        """
        for _ in range(_COPIES_OF_ONE_CALL):
            try:
                with opened() as session:
                    return work(session)
            except CustomerNotCopied as missing:
                self._copy_customer(missing.customer_id)
            except BranchNotCopied as missing:
                self._copy_branch(missing.branch_id)
        with opened() as session:
            return work(session)

    def _copy_customer(self, customer_id: UUID) -> None:
        request = GetCustomerCard(customer_id=customer_id)
        card = self.client.call(request, actor_token=self.platform.own_token())
        with self.transaction() as session:
            keep_customer(session, card)

    def _copy_branch(self, branch_id: UUID) -> None:
        request = GetBranchCard(branch_id=branch_id)
        card = self.client.call(request, actor_token=self.platform.own_token())
        with self.transaction() as session:
            keep_branch(session, card)


_COPIES_OF_ONE_CALL = 2
"""A customer and their branch."""
