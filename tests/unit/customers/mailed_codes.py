"""Asking for a code and typing it, as the doors do."""

from collections.abc import Callable

from contracts.calls import account as calls
from customers.hashing import hash_password
from customers.usecases.issue_password_code import PURPOSE, Keys, issue_password_code
from customers.usecases.set_password_by_code import (
    refuse_weak_password,
    require_right,
    set_password_by_code,
    try_code,
)
from tests.unit.customers.builders import GOOD_PASSWORD, Operator

KEY = b"k" * 32


def ask_for_code(operator: Operator, username: str = "501", address: str = "192.0.2.7") -> None:
    request = calls.RequestPasswordCode(username=username, address=address)
    with operator.writing() as session:
        issue_password_code(session, request, Keys(operator.key, KEY), operator.clock)


def codes(operator: Operator) -> list[str]:
    """The codes that were mailed."""
    return [operator.opened(event["code"], PURPOSE) for event in operator.events("PasswordCodeIssued")]


def use(
    operator: Operator,
    code: str,
    username: str = "501",
    password: str = GOOD_PASSWORD,
    between: Callable[[], object] = lambda: None,
) -> None:
    """As the door does it."""
    request = calls.SetPasswordByCode(username=username, code=code, password=password, address="192.0.2.7")
    refuse_weak_password(request)
    with operator.writing() as session:
        tried = try_code(session, request, KEY, operator.clock)
    right = require_right(tried, request)
    between()
    with operator.writing() as session:
        set_password_by_code(session, right, request, hash_password(password), operator.clock)


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"
