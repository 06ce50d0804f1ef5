"""Note down a customer's promise to pay, and take it back."""

from datetime import date
from uuid import uuid4

from sqlalchemy.orm import Session

from billing.copies import KnownCustomer, find_customer, require_staff
from billing.domain.refusals import NoPromise, PromiseOutOfReach
from billing.domain.reminding import LONGEST_PROMISE
from billing.promises import promise_that_holds, promise_view, standing_promise
from billing.tables import Promise
from chassis.audit import about
from chassis.clock import Clock
from contracts.actor import Actor, Right
from contracts.calls.reminders import GetPromise, PromiseAnswer, PromiseToPay, WithdrawPromise


def get_promise(session: Session, request: GetPromise, actor: Actor, clock: Clock) -> PromiseAnswer:
    """The promise that holds now; for staff. Raises NotFound, Forbidden."""
    customer = find_customer(session, request.customer_id, actor)
    require_staff(actor)
    actor.require(Right.SEE_DUES)
    today = customer.branch.today(clock)
    return PromiseAnswer(promise=promise_that_holds(session, customer.id, today))


def promise_to_pay(session: Session, request: PromiseToPay, actor: Actor, clock: Clock) -> PromiseAnswer:
    """Replace an earlier promise. The customer's lock makes the second of two wait.

    Raises NotFound, Forbidden, PromiseOutOfReach.
    """
    customer = find_customer(session, request.customer_id, actor, lock=True)
    require_staff(actor)
    actor.require(Right.TAKE_PAYMENTS)
    _check_day(request.promised_until, customer.branch.today(clock))
    _end(session, customer, actor, clock)
    promise = Promise(
        id=uuid4(), customer_id=customer.id, promised_until=request.promised_until, note=request.note,
        made_by=actor.subject, made_by_name=actor.name, made_at=clock.now(),
    )  # fmt: skip
    session.add(promise)
    session.flush()
    about(session, "promise", promise.id, until=request.promised_until.isoformat())
    return PromiseAnswer(promise=promise_view(promise))


def withdraw_promise(session: Session, request: WithdrawPromise, actor: Actor, clock: Clock) -> PromiseAnswer:
    """Reminders go on. Raises NotFound, Forbidden, NoPromise."""
    customer = find_customer(session, request.customer_id, actor, lock=True)
    require_staff(actor)
    actor.require(Right.TAKE_PAYMENTS)
    if not _end(session, customer, actor, clock):
        raise NoPromise("There is no promise to withdraw.")
    return PromiseAnswer(promise=None)


def _check_day(until: date, today: date) -> None:
    if not today <= until <= today + LONGEST_PROMISE:
        raise PromiseOutOfReach(
            f"Choose a day from today to {today + LONGEST_PROMISE}.", field="promised_until"
        )


def _end(session: Session, customer: KnownCustomer, actor: Actor, clock: Clock) -> bool:
    promise = standing_promise(session, customer.id)
    if promise is None:
        return False
    promise.withdrawn_at, promise.withdrawn_by = clock.now(), actor.subject
    session.flush()
    return True
