"""What must hold when several desks, or guessers, act in the same moment on PostgreSQL."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import event

from chassis.database import Database
from chassis.migrations import migrate, migrations_of
from contracts.actor import Role
from contracts.calls import customers as calls
from contracts.errors import Refusal
from customers.domain.refusals import AlreadyResolved, CrfTaken
from customers.domain.sign_in_refusals import CodeRefused, LinkExpired, SignInRefused, TooManyTries
from customers.signin_tables import EmailChange, PasswordCode
from customers.usecases.sign_in import find_candidate
from tests.unit.customers import test_email_change as email_change
from tests.unit.customers.builders import GOOD_PASSWORD, Operator
from tests.unit.customers.complaint_desk import Desk
from tests.unit.customers.mailed_codes import another, ask_for_code, codes, use


@pytest.fixture
def operator(postgres_url: str) -> Iterator[Operator]:
    database = Database(postgres_url)
    migrate(database, migrations_of("customers"))
    yield Operator(database)
    database.close()


def at_once(times: int, act: Callable[[int], object]) -> list[object]:
    """What each of the acts returned or refused."""

    def tried(number: int) -> object:
        try:
            return act(number)
        except Refusal as refusal:
            return type(refusal)

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(tried, range(times)))


def test_of_many_guesses_at_once_five_are_heard(operator: Operator) -> None:
    request = calls.SignIn(username="admin", password="guess", address="192.0.2.7")

    def guess(_: int) -> object:
        with operator.writing() as session:
            return find_candidate(session, request, operator.clock).login_id

    outcomes = at_once(60, guess)
    assert outcomes.count(TooManyTries) == 55


def test_a_one_time_password_opens_one_session_only(operator: Operator) -> None:
    operator.customer(crf="501")
    password = operator.last_one_time_password()
    outcomes = at_once(4, lambda _: operator.sign_in("501", password).token)
    assert outcomes.count(SignInRefused) == 3


def test_a_link_sets_one_password_only(operator: Operator) -> None:
    operator.staff("anna", Role.CASHIER, operator.main.id)
    link = operator.last_link()
    outcomes = at_once(4, lambda number: operator.set_password(link, f"{GOOD_PASSWORD} {number}"))
    assert outcomes.count(LinkExpired) == 3


def test_a_code_sets_one_password_only(operator: Operator) -> None:
    operator.customer(crf="501")
    ask_for_code(operator)
    (code,) = codes(operator)
    outcomes = at_once(4, lambda number: use(operator, code, password=f"{GOOD_PASSWORD} {number}"))
    assert outcomes.count(CodeRefused) == 3


def test_of_many_wrong_codes_at_once_five_are_compared(operator: Operator) -> None:
    operator.customer(crf="501")
    ask_for_code(operator)
    wrong = another(codes(operator)[0])
    at_once(8, lambda _: use(operator, wrong))
    with operator.reading() as session:
        assert session.query(PasswordCode).one().tries == 5


def test_an_email_link_and_its_withdrawal_do_not_both_win(operator: Operator) -> None:
    customer = operator.customer(crf="501")
    email_change.change(operator, customer, email=email_change.NEW)
    (token,) = email_change.tokens(operator)
    acts = (lambda: email_change.confirm(operator, token), lambda: email_change.withdraw(operator, customer))
    at_once(4, lambda number: acts[number % 2]())
    with operator.reading() as session:
        change = session.query(EmailChange).one()
        assert (change.confirmed_at is None) != (change.withdrawn_at is None)


def test_many_desks_count_different_numbers(operator: Operator) -> None:
    numbers = at_once(16, lambda number: operator.customer(f"Customer {number}").crf)
    assert sorted(map(str, numbers)) == [str(number) for number in range(1001, 1017)]


def test_of_two_desks_with_one_number_one_gets_it(operator: Operator) -> None:
    assert at_once(6, lambda _: operator.customer(crf="501").crf).count(CrfTaken) == 5


def plans_of(operator: Operator, typed: str) -> list[str]:
    """How PostgreSQL carries out the statements of a search when it has many rows."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "MATERIALIZED" in statement:
            seen.append((statement, parameters))

    event.listen(operator.database.engine, "before_cursor_execute", note)
    operator.search(typed)
    event.remove(operator.database.engine, "before_cursor_execute", note)
    with operator.reading() as session:
        connection = session.connection()
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # an empty table would be read whole
        return [
            "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))
            for statement, parameters in seen
        ]


@pytest.mark.parametrize("typed", ["kumar", "小明", "ku", "1001", "+919000000101"])
def test_a_search_is_the_work_of_indexes(operator: Operator, typed: str) -> None:
    plans = plans_of(operator, typed)
    assert len(plans) == 2
    assert all("Seq Scan" not in plan and "Index" in plan for plan in plans), plans


def test_complaints_filed_at_once_have_numbers_without_gaps_and_a_double_click_files_one(
    operator: Operator,
) -> None:
    desk = Desk(operator, operator.customer())
    numbers = at_once(20, lambda _: desk.file(desk.support).number)
    assert sorted(map(str, numbers)) == [f"MAIN-C2026-{count:06d}" for count in range(1, 21)]
    assert len(set(at_once(8, lambda _: desk.file(desk.support, idempotency_key="k").number))) == 1
    assert desk.file(desk.support).number == "MAIN-C2026-000022"


def test_of_two_who_resolve_at_once_one_is_told_that_it_is_done(operator: Operator) -> None:
    desk = Desk(operator, operator.customer())
    number = desk.file().number
    outcomes = at_once(6, lambda _: desk.resolve(number))
    assert outcomes.count(AlreadyResolved) == 5
    assert len(operator.events("ComplaintResolved")) == 1
