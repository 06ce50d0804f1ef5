"""People of an operator, who get their passwords as in life: by a link or a one-time password in their mail."""

import re
import uuid
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from tests.stack.api import Api
from tests.stack.mail import Mail
from tests.stack.processes import wait_until

OWN_PASSWORD = "harvest-Moon-over-9"


class Headend(Protocol):
    """A running Headend whose mails can be read."""

    @property
    def address(self) -> str:
        """Where it answers."""

    def mails(self) -> Sequence[Mail]:
        """The mails so far."""


def add_staff(headend: Headend, admin: Api, username: str, role: str, *branch_ids: str) -> Api:
    """A member of staff who has set a password with the mailed link, signed in."""
    email = f"{username}@staff.example.com"
    body = {"username": username, "email": email, "role": role, "branch_ids": list(branch_ids)}
    admin.ok("POST", "/staff", json=body)
    token = from_mail(headend.mails, email, r"/password/(\S+)")
    anybody = Api(headend.address)
    anybody.ok("POST", "/password-links", json={"token": token, "password": OWN_PASSWORD})
    return anybody.sign_in(username, OWN_PASSWORD)


def add_customer(admin: Api, branch_id: str, name: str = "Anna Kowalska") -> Any:
    """A customer of a branch, as answered."""
    body = {"name": name, "email": f"{uuid.uuid4().hex[:12]}@example.com", "branch_id": branch_id}
    return admin.ok("POST", "/customers", json=body)


def sign_in_customer(headend: Headend, customer: Any) -> Api:
    """A customer who has signed in with the mailed one-time password and set one of their own."""
    once = first_sign_in(headend, customer)
    change = {"current_password": "used up already", "password": OWN_PASSWORD}
    return Api(headend.address, once.ok("POST", "/me/password", json=change)["token"])


def first_sign_in(headend: Headend, customer: Any) -> Api:
    """A customer in the session of the one-time password, which may do nothing but change it."""
    password = from_mail(headend.mails, customer["email"], r"One-time password: (\S+)")
    return Api(headend.address).sign_in(customer["username"], password)


def from_mail(mails: Callable[[], Sequence[Mail]], address: str, pattern: str) -> str:
    """What the pattern finds in the mail to that address, once it is there."""

    def found() -> list[str]:
        texts = [mail.text for mail in mails() if mail.to == address]
        return [match.group(1) for match in map(re.compile(pattern).search, texts) if match]

    wait_until(f"the mail to {address}", lambda: bool(found()), 60)
    return found()[0]
