"""Calls of the customers service about one's own account: a forgotten password, a new e-mail address."""

from typing import Annotated

from pydantic import Field

from contracts.calls import Call, Done
from contracts.fields import Password

SERVICE = "customers"

TypedName = Annotated[str, Field(max_length=200)]
"""A username or a CRF number, as somebody types it."""
Address = Annotated[str, Field(max_length=100)]
"""The caller's network address, for throttling."""


class RequestPasswordCode(Call[Done]):
    """Mail a code that sets a new password. Open to everybody, and answered alike whether the name is known or not.

    Throttled per name and per address. Raises Throttled.
    """

    username: TypedName
    address: Address = ""


class SetPasswordByCode(Call[Done]):
    """Set a password with the code from an e-mail; every session of the person ends. Open to everybody.

    Raises CodeRefused (wrong, used, too old, tried too often, unknown name: nobody is told which), PasswordTooWeak,
    Throttled.
    """

    username: TypedName
    code: Annotated[str, Field(max_length=20)]
    password: Password
    address: Address = ""
